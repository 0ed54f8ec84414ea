# Building blocks for the folders of this project. Warnings, language level and sanitizers are usage requirements of
# one interface target, so that no flag is global.

add_library(wsf_options INTERFACE)
target_compile_features(wsf_options INTERFACE cxx_std_20)
target_compile_options(wsf_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror)
target_include_directories(wsf_options INTERFACE ${PROJECT_SOURCE_DIR}/lib)
target_compile_definitions(wsf_options INTERFACE WSF_VERSION="${PROJECT_VERSION}" SPDLOG_FMT_EXTERNAL)
if(WSF_SANITIZE)
  target_compile_options(wsf_options INTERFACE -fsanitize=${WSF_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all)
  # Half the time to compile; a report still names functions and lines.
  target_compile_options(wsf_options INTERFACE -O1 -g1)
  target_link_options(wsf_options INTERFACE -fsanitize=${WSF_SANITIZE})
  # Instrumented code makes g++ see uninitialized reads that are none, inside Boost's optional among others, and
  # strings freed that were never allocated.
  target_compile_options(wsf_options
    INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-free-nonheap-object>)
  if(WSF_SANITIZE MATCHES thread)  # g++ warns of each fence in Asio; what is instrumented there is Asio's own matter
    target_compile_options(wsf_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
if(WSF_FUZZ)  # the code under test has to be instrumented, or the fuzzer is blind to it
  target_compile_options(wsf_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# wsf_library(FOLDER SOURCES a.cpp... [USES targets seen through its headers...] [USES_INSIDE targets...])
# makes the static library wsf_FOLDER (an interface library while it has headers only).
function(wsf_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;USES_INSIDE" ${ARGN})
  if(ARG_SOURCES)
    add_library(wsf_${folder} STATIC ${ARG_SOURCES})
    target_link_libraries(wsf_${folder} PUBLIC wsf_options ${ARG_USES} PRIVATE ${ARG_USES_INSIDE})
  else()
    add_library(wsf_${folder} INTERFACE)
    target_link_libraries(wsf_${folder} INTERFACE wsf_options ${ARG_USES})
  endif()
endfunction()

# wsf_tool(NAME SOURCES main.cpp... USES libraries...) makes the binary and installs it.
function(wsf_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wsf_options ${ARG_USES})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# wsf_test(FOLDER SOURCES a_test.cpp... USES libraries...) makes test_FOLDER and registers each of its cases with
# CTest under the label "unit".
function(wsf_test folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(test_${folder} ${ARG_SOURCES})
  target_link_libraries(test_${folder} PRIVATE wsf_options ${ARG_USES} GTest::gtest GTest::gmock GTest::gtest_main)
  target_include_directories(test_${folder} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_options(test_${folder} PRIVATE -O0 -g1)  # what is tested is optimised; the tests need not be
  add_dependencies(unit_tests test_${folder})
  gtest_discover_tests(test_${folder} TEST_PREFIX ${folder}. DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# wsf_fuzz(NAME SOURCES fuzz.cpp USES libraries...) makes the libFuzzer target fuzz_NAME.
function(wsf_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE wsf_options ${ARG_USES})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
