// understudy twin verify: whether the store is as it was written.
#include <fmt/core.h>

#include <utility>

#include "tools/cli/twin.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/store/store_check.h"
#include "tools/formats/store/store_place.h"

namespace understudy::cli {

int twin_verify(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("verify"));
    options.add()("record", po::value<std::string>()->value_name("HASH"),
                  "and that this record, which verify has shown before, is still part of it");
    options.add()("mend",
                  "where all texts and records are as they were written, put the checksums of pages right");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const std::filesystem::path folder = store_folder_from(options);
    formats::StoreCheck check;
    if (options.has("mend")) {
        formats::StoreMend mend = formats::mend_store(folder);
        if (mend.resealed > 0)
            fmt::print(stderr,
                       "understudy: note: {} page{} had a checksum that was not that of what they hold\n",
                       mend.resealed, mend.resealed == 1 ? "" : "s");
        check = std::move(mend.check);
    } else {
        check = formats::check_store(folder);
    }
    if (options.has("record")) formats::look_for_record(check, record_hash_from(options));
    if (options.has("json"))
        fmt::print("{}", formats::check_as_json(check));
    else if (check.problems.empty())
        fmt::print("ok: {} twin{}, {} version{}, {} record{}, {} pages\nlast record {}\n", check.twins,
                   check.twins == 1 ? "" : "s", check.versions, check.versions == 1 ? "" : "s", check.records,
                   check.records == 1 ? "" : "s", check.pages, check.head.empty() ? "none" : check.head);
    for (const std::string& problem : check.problems)
        fmt::print(stderr, "{}: error: {}\n", (folder / formats::store_file).string(), problem);
    for (const std::string& warning : check.warnings)
        fmt::print(stderr, "understudy: warning: {}\n", warning);
    if (check.mendable)
        fmt::print(
            stderr,
            "understudy: note: all texts and records are as they were written; 'understudy twin verify "
            "--mend' puts the checksums right\n");
    return check.problems.empty() ? exit_met : exit_usage;
}

}  // namespace understudy::cli
