#include "load/rate_walk.hpp"

#include <array>
#include <string>
#include <vector>

namespace wsf::load {

const std::vector<std::string>& well_known_pairs() {
  static const std::vector<std::string> pairs{
      "EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD", "USDCAD", "NZDUSD", "EURGBP", "EURJPY", "GBPJPY", "EURCHF",
      "AUDJPY", "EURAUD", "EURCAD", "EURNZD", "GBPCHF", "GBPAUD", "GBPCAD", "GBPNZD", "CHFJPY", "CADJPY", "NZDJPY",
      "AUDCAD", "AUDCHF", "AUDNZD", "CADCHF", "NZDCAD", "NZDCHF", "USDSEK", "USDNOK", "USDDKK", "USDPLN", "USDCZK",
      "USDHUF", "USDTRY", "USDZAR", "USDMXN", "USDSGD", "USDHKD", "USDCNH", "USDINR", "USDKRW", "USDTHB", "USDBRL",
      "USDILS", "USDRON", "USDTWD", "USDPHP", "USDMYR", "USDIDR", "USDCLP", "USDCOP", "USDAED", "USDSAR", "USDCNY",
      "EURSEK", "EURNOK", "EURDKK", "EURPLN", "EURCZK", "EURHUF", "EURTRY", "EURZAR", "EURMXN", "EURSGD", "EURHKD",
      "EURCNH", "EURINR", "EURKRW", "EURTHB", "EURBRL", "EURILS", "EURRON", "GBPSEK", "GBPNOK", "GBPDKK", "GBPPLN",
      "GBPCZK", "GBPHUF", "GBPTRY", "GBPZAR", "GBPMXN", "GBPSGD", "GBPHKD", "GBPCNH", "GBPINR", "GBPTHB", "AUDSGD",
      "AUDHKD", "AUDSEK", "AUDNOK", "AUDPLN", "AUDZAR", "AUDCNH", "NZDSGD", "NZDHKD", "CADSGD", "CADHKD", "CADNOK",
      "CADSEK", "CHFSEK", "CHFNOK", "CHFSGD", "CHFPLN", "SGDJPY", "HKDJPY", "ZARJPY", "MXNJPY", "TRYJPY", "NOKJPY",
      "SEKJPY", "NOKSEK", "SGDHKD", "CNHJPY", "PLNJPY", "DKKJPY", "XAUUSD", "XAGUSD", "XAUEUR", "XAGEUR"};
  return pairs;
}

}  // namespace wsf::load
