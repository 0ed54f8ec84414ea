#include "wsclient/line_editor.hpp"

#include "base/terminal.hpp"
#include "wsclient/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace wsf::wsclient {
namespace {

constexpr int kWidthUnknown = 80;
constexpr char kCtrlD = 4;

// Hung up: a read would give nothing any more.
bool is_gone(int fd) {
  pollfd state{fd, POLLIN, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & POLLIN) == 0;
}

// What all candidates begin with.
std::string common_beginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const auto& word : words) {
    const auto differs = std::ranges::mismatch(common, word).in1;
    common.erase(differs, common.end());
  }
  return common;
}

// A terminal's history is nobody else's business.
void make_private_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
}

}  // namespace

struct LineEditor::State {
  State(std::string prompt_text, std::string file, Events what)
      : prompt(std::move(prompt_text)), history_file(std::move(file)), events(std::move(what)) {
    editor = el_init("wsclient", stdin, stdout, stderr);
    history = history_init();
    HistEvent event;
    ::history(history, &event, H_SETSIZE, kMaxHistoryLines);
    ::history(history, &event, H_SETUNIQUE, 1);
    if (!history_file.empty()) ::history(history, &event, H_LOAD, history_file.c_str());
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT, &State::give_prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 0);
    el_set(editor, EL_HIST, ::history, history);
    el_wset(editor, EL_ADDFN, L"wsclient-complete", L"Complete the word", &State::on_tab);  // el_set leaks both texts
    el_set(editor, EL_BIND, "\t", "wsclient-complete", nullptr);
    el_set(editor, EL_BIND, "^D", "em-delete-or-list", nullptr);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor, nullptr);
    begin_line();
  }

  ~State() {
    std::fflush(stdout);
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, "\r\x1b[J", 4);  // the prompt that nobody answers
    end_line();
    save_history();
    history_end(history);
    el_end(editor);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void save_history() {
    if (history_file.empty()) return;
    make_private_folder(std::filesystem::path(history_file).parent_path());
    const auto mask = ::umask(077);
    HistEvent event;
    ::history(history, &event, H_SAVE, history_file.c_str());
    ::umask(mask);
  }

  // Unbuffered is libedit's word for: one key a call, the terminal raw in between.
  void begin_line() { el_set(editor, EL_UNBUFFERED, 1); }
  void end_line() { el_set(editor, EL_UNBUFFERED, 0); }

  std::string up_to_cursor() const {
    const LineInfo* line = el_line(editor);
    return {line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)};
  }

  bool is_empty() const {
    const LineInfo* line = el_line(editor);
    return line->buffer == line->lastchar;
  }

  // To the beginning of the first row that prompt and line take, and nothing below it.
  void erase() {
    const auto width = static_cast<std::size_t>(base::width(STDOUT_FILENO, kWidthUnknown));
    const auto rows = (prompt.size() + up_to_cursor().size()) / std::max<std::size_t>(width, 1);
    write_all(STDOUT_FILENO, rows > 0 ? fmt::format("\r\x1b[{}A\x1b[J", rows) : "\r\x1b[J");
  }

  void print_above(std::string_view text) {
    std::fflush(stdout);
    erase();
    write_all(STDOUT_FILENO, fmt::format("{}\n", text));
    el_set(editor, EL_REFRESH);
  }

  static State& of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<State*>(data);
  }

  static char* give_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  static unsigned char on_tab(EditLine* editor, int /*key*/) {
    auto& state = of(editor);
    const auto text = state.up_to_cursor();
    const auto found = state.events.complete(text);
    if (found.empty()) return CC_ERROR;
    const auto space = text.find_last_of(' ');
    const auto word = space == std::string::npos ? text : text.substr(space + 1);
    auto completed = common_beginning(found);
    if (found.size() == 1) completed += ' ';
    if (completed == word) {
      state.print_above(fmt::to_string(fmt::join(found, "  ")));
      return CC_NORM;
    }
    el_deletestr(editor, static_cast<int>(word.size()));
    el_insertstr(editor, completed.c_str());
    return CC_REFRESH;
  }

  void take_line(std::string line) {
    end_line();
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    HistEvent event;
    if (line.find_first_not_of(" \t") != std::string::npos) ::history(history, &event, H_ENTER, line.c_str());
    begin_line();
    events.on_line(line);
  }

  std::string prompt;
  const std::string history_file;
  Events events;
  EditLine* editor = nullptr;
  History* history = nullptr;
};

LineEditor::LineEditor(std::string prompt, std::string history_file, Events events)
    : state_(std::make_unique<State>(std::move(prompt), std::move(history_file), std::move(events))) {}

LineEditor::~LineEditor() = default;

void LineEditor::read_key() {
  if (is_gone(STDIN_FILENO)) return state_->events.on_end();
  int count = 0;
  const char* text = el_gets(state_->editor, &count);
  if (text == nullptr || count <= 0) return;  // the line is empty
  std::string line(text, static_cast<std::size_t>(count));
  if (line[0] == kCtrlD) return state_->events.on_end();  // libedit's word for the end, when unbuffered
  if (line.back() == '\n' || line.back() == '\r') state_->take_line(std::move(line));
}

void LineEditor::print_above(std::string_view text) {
  state_->print_above(text);
}

bool LineEditor::discard_line() {
  if (state_->is_empty()) return false;
  std::fflush(stdout);
  write_all(STDOUT_FILENO, "^C\n");
  state_->end_line();
  el_reset(state_->editor);
  state_->begin_line();
  return true;
}

void LineEditor::resized() {
  el_resize(state_->editor);
}

std::string history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state && *state == '/') return std::string(state) + "/wsclient/history";
  if (home && *home == '/') return std::string(home) + "/.local/state/wsclient/history";
  return "";
}

}  // namespace wsf::wsclient
