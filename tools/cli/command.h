// What the verbs of the command line share: their table, their options, and how they fail.
//
// Each verb has a file of its own that defines one function `int VERB(const Arguments&)`. Bad usage is thrown
// as UsageError, unusable files as formats::FileError; main() turns both into one line on stderr and exit
// code 2.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/cli/exit_code.h"

namespace understudy::cli {

/// What is wrong with the words after the verb, and what to do.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

using Arguments = std::vector<std::string>;

struct Command {
    const char* name;
    const char* synopsis;  ///< after the name: "SCENARIO [options]"
    const char* summary;   ///< one line
    const char* example;   ///< one or more whole command lines
    int (*run)(const Arguments& arguments);
};

/// All verbs, in the order of help.
const std::vector<Command>& commands();
const Command& command_named(const std::string& name);

/// Reads the words after a verb: options as declared, positional words as named. Prints help and returns
/// false where it was asked for; throws UsageError for what is wrong, with the nearest known option.
class Options {
public:
    explicit Options(const Command& command);
    boost::program_options::options_description_easy_init add() { return description_.add_options(); }
    /// Positional words, in order; the last may be repeated without end (`count` -1).
    void positional(const char* name, int count, const char* help);
    bool parse(const Arguments& arguments);

    bool has(const char* name) const { return values_.count(name) > 0; }
    template <class Value>
    const Value& get(const char* name) const {
        return values_[name].as<Value>();
    }

private:
    const Command& command_;
    boost::program_options::options_description description_{"Options", 100, 50};
    boost::program_options::options_description hidden_;
    boost::program_options::positional_options_description positional_;
    boost::program_options::variables_map values_;
    std::vector<std::pair<std::string, std::string>> positional_help_;
};

constexpr std::uint64_t most_threads = 1024;
/// The largest count that the language reads; the next one stands for 'unlimited'.
constexpr std::uint64_t most_seed = std::numeric_limits<std::int64_t>::max() - 1;
/// Text as a whole number within limits; UsageError names the option and the limits. (The library's own reading
/// takes "-1" for 18446744073709551615.)
std::uint64_t whole_number(const char* option, const std::string& text, std::uint64_t least,
                           std::uint64_t most);

/// Text such as "2%", which lies between 0% and 100%, as it stands; UsageError names the option.
std::string share_from(const char* option, const std::string& text);

int run_command(const Arguments&);
int replay_command(const Arguments&);
int calibrate_command(const Arguments&);
int import_command(const Arguments&);
int compare_command(const Arguments&);
int rehearse_command(const Arguments&);
int sensitivity_command(const Arguments&);
int capacity_command(const Arguments&);
int change_command(const Arguments&);
int merge_command(const Arguments&);
int stress_command(const Arguments&);
int init_command(const Arguments&);
int validate_command(const Arguments&);
int config_command(const Arguments&);
int schema_command(const Arguments&);
int template_command(const Arguments&);
int graph_command(const Arguments&);
int report_command(const Arguments&);
int trace_command(const Arguments&);
int twin_command(const Arguments&);
int verify_command(const Arguments&);

}  // namespace understudy::cli
