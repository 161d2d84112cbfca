#include "tools/formats/logs/wfformat.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/replay/local_dates.h"
#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/nextflow.h"
#include "tools/formats/logs/recorded_cycles.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::json;
using kernel::Time;

/// What we do not use: the command line of a task.
bool skipped(std::string_view key) { return key == "arguments" || key == "envVars"; }

/// A deeper document would overflow the stack somewhere, a wider one the memory; no workflow is either.
constexpr std::size_t deepest = 100;
constexpr std::size_t most_values = 16'000'000;

/// Builds the tree without what is skipped. (The library's own filter takes quadratic time on long lists.)
class TreeBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit TreeBuilder(Json& root) : root_(root) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (skipping_ > 0) return true;
        skip_next_ = skipped(name);
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        error_at = at;
        return false;
    }

    std::optional<std::size_t> error_at;
    bool too_deep = false, too_wide = false;

private:
    Json* place(Json value) {
        if (++values_ > most_values) {
            too_wide = true;
            return nullptr;
        }
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& parent = *open_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        Json& member = parent[key_];
        member = std::move(value);
        return &member;
    }
    template <class Value>
    bool add(Value&& value) {
        if (skipping_ > 0) return true;
        if (std::exchange(skip_next_, false)) return true;
        return place(Json(std::forward<Value>(value))) != nullptr;
    }
    bool open(Json value) {
        if (skipping_ > 0 || std::exchange(skip_next_, false)) {
            ++skipping_;
            return true;
        }
        too_deep = open_.size() >= deepest;
        Json* at = too_deep ? nullptr : place(std::move(value));
        if (at == nullptr) return false;
        open_.push_back(at);
        return true;
    }
    bool close() {
        if (skipping_ > 0)
            --skipping_;
        else
            open_.pop_back();
        return true;
    }

    Json& root_;
    std::vector<Json*> open_;
    std::string key_;
    bool skip_next_ = false;
    std::size_t skipping_ = 0;
    std::size_t values_ = 0;
};

Json parse(Input& input) {
    const std::string text = input.read_all(most_json_bytes);
    Json document;
    TreeBuilder builder(document);
    if (Json::sax_parse(text, &builder)) return document;
    if (builder.too_deep) throw FileError(input.file(), "is nested too deeply for a workflow");
    if (builder.too_wide) throw FileError(input.file(), "holds too many values for a workflow");
    const std::size_t at = std::min(builder.error_at.value_or(0), text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw FileError(input.file(),
                    fmt::format("is no valid JSON: breaks at line {}, byte {}{}", line, at,
                                input.ended_early() ? " (the compressed file breaks off)" : ""));
}

const Json* member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto at = object.find(key);
    return at == object.end() || at->is_null() ? nullptr : &*at;
}

/// The first of these keys that is there.
const Json* first_of(const Json& object, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
        if (const Json* found = member(object, key)) return found;
    return nullptr;
}

std::optional<double> number(const Json& object, std::initializer_list<std::string_view> keys) {
    const Json* found = first_of(object, keys);
    if (found == nullptr) return std::nullopt;
    if (found->is_number()) {
        const double value = found->get<double>();
        return std::isfinite(value) ? std::optional(value) : std::nullopt;
    }
    if (found->is_string()) return log_number(found->get_ref<const std::string&>());
    return std::nullopt;
}

std::string string_of(const Json& object, std::initializer_list<std::string_view> keys) {
    const Json* found = first_of(object, keys);
    if (found == nullptr) return {};
    if (found->is_string()) return found->get<std::string>();
    if (found->is_number_integer()) return found->dump();
    return {};
}

std::int64_t bytes_of(const Json& object, std::initializer_list<std::string_view> keys, double factor = 1) {
    const double bytes = number(object, keys).value_or(0) * factor;
    return bytes > 0 && bytes < 9e18 ? std::llround(bytes) : 0;
}

/// The kind of a task from its name: "mProject_ID0000001" and "cat_00000103" without the number. A name whose
/// beginning repeats ("bwa_bwa_00000003") keeps it.
std::string kind_of(std::string_view name) {
    std::size_t end = name.size();
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9') --end;
    if (end == name.size() || end == 0) return std::string(name);
    std::string_view kind = name.substr(0, end);
    if (kind.size() > 3 && kind.substr(kind.size() - 3) == "_ID")
        return std::string(kind.substr(0, kind.size() - 3));
    if (kind.size() > 1 && (kind.back() == '_' || kind.back() == '-'))
        return std::string(kind.substr(0, kind.size() - 1));
    return std::string(name);
}

class WorkflowReader {
public:
    WorkflowReader(const Input& input, const Json& document, std::string zone)
        : file_(input.file()), document_(document), zone_(std::move(zone)) {}

    models::RecordedRun read() {
        const Json* workflow = member(document_, "workflow");
        if (workflow == nullptr || !workflow->is_object())
            throw FileError(file_, "is JSON, but no WfFormat workflow: lacks `workflow`");
        const Json* specification = member(*workflow, "specification");
        const Json* execution = member(*workflow, "execution");
        const Json* tasks = nullptr;
        if (specification != nullptr) {
            tasks = member(*specification, "tasks");
            if (tasks == nullptr) throw FileError(file_, "lacks `workflow.specification.tasks`");
        } else {
            tasks = first_of(*workflow, {"tasks", "jobs"});
            if (tasks == nullptr)
                throw FileError(
                    file_,
                    "is no WfFormat workflow: `workflow` has neither `specification` nor `tasks` nor `jobs`");
        }
        if (!tasks->is_array()) throw FileError(file_, "the list of tasks is no list");
        if (tasks->size() > most_recorded_tasks)
            throw FileError(file_,
                            fmt::format("has more than {} tasks; replay a part of it", most_recorded_tasks));
        if (specification != nullptr && execution == nullptr)
            throw FileError(
                file_,
                "is a workflow that was not run: lacks `workflow.execution`, so no task has a runtime");
        run_.format = "wfformat";
        run_.source = file_.string();
        run_.workflow = string_of(document_, {"name"});
        if (specification != nullptr) list_files(*specification);
        for (const Json& task : *tasks) specified(task);
        if (execution != nullptr)
            executed(*execution);
        else
            for (const auto& [json, index] : entries_) ran(*json, index);
        machines(execution != nullptr ? *execution : *workflow);
        const auto makespan =
            number(execution != nullptr ? *execution : *workflow, {"makespanInSeconds", "makespan"});
        if (makespan && *makespan > 0) run_.makespan = length(*makespan, "the makespan");
        if (!run_.makespan) notes_.add("no recorded makespan: nothing to compare the whole with");
        for (const auto& [json, index] : entries_) link(*json, index);
        finish();
        return std::move(run_);
    }

private:
    void list_files(const Json& specification) {
        const Json* files = member(specification, "files");
        if (files == nullptr || !files->is_array()) return;
        for (const Json& file : *files)
            file_bytes_.emplace(string_of(file, {"id", "name"}), bytes_of(file, {"sizeInBytes", "size"}));
    }

    /// Of files of a task: those of a key, or of the older list the ones with that `link`.
    std::int64_t bytes_of_files(const Json& task, const char* key, std::string_view link) const {
        double bytes = 0;
        const auto add = [&](const Json& file) {
            if (!file.is_string())
                bytes += static_cast<double>(bytes_of(file, {"sizeInBytes", "size"}));
            else if (const auto at = file_bytes_.find(file.get_ref<const std::string&>());
                     at != file_bytes_.end())
                bytes += static_cast<double>(at->second);
        };
        if (const Json* files = member(task, key); files != nullptr && files->is_array())
            for (const Json& file : *files) add(file);
        if (const Json* files = member(task, "files"); files != nullptr && files->is_array())
            for (const Json& file : *files)
                if (string_of(file, {"link"}) == link) add(file);
        return bytes < 9e18 ? std::llround(bytes) : 0;
    }

    void specified(const Json& json) {
        if (!json.is_object()) {
            notes_.leave_out("entry that is no task: left out");
            return;
        }
        models::RecordedTask task;
        const std::string name = string_of(json, {"name"});
        task.id = string_of(json, {"id"});
        if (task.id.empty()) task.id = name;
        if (task.id.empty()) {
            notes_.leave_out("task without id and name: left out");
            return;
        }
        task.name = name.empty() ? task.id : name;
        task.process = string_of(json, {"category"});
        if (task.process.empty()) task.process = kind_of(task.name);
        task.read_bytes = bytes_of_files(json, "inputFiles", "input");
        task.write_bytes = bytes_of_files(json, "outputFiles", "output");
        const std::string type = string_of(json, {"type"});
        if (type == "transfer" || type == "auxiliary") notes_.add(type + " jobs: kept as tasks");
        const auto index = static_cast<std::uint32_t>(run_.tasks.size());
        // Older files call a task by its name in `parents` and give it another id.
        const bool fresh_id = ids_.emplace(task.id, index).second;
        if (!fresh_id) {
            notes_.add("id occurs again: told apart by #2, #3, ...");
            int count = 2;
            while (!ids_.emplace(fmt::format("{}#{}", task.id, count), index).second) ++count;
            task.id = fmt::format("{}#{}", task.id, count);
        }
        names_.emplace(task.name, index);
        run_.tasks.push_back(std::move(task));
        entries_.emplace_back(&json, index);
    }

    void executed(const Json& execution) {
        const Json* tasks = member(execution, "tasks");
        if (tasks == nullptr || !tasks->is_array())
            throw FileError(file_, "lacks `workflow.execution.tasks`, so no task has a runtime");
        std::vector<bool> seen(run_.tasks.size());
        for (const Json& json : *tasks) {
            const std::optional<std::uint32_t> index = find(string_of(json, {"id", "name"}));
            if (!index) {
                notes_.add("executed, but not in the specification: left out");
            } else if (seen[*index]) {
                notes_.add("executed more than once: the first counts");
            } else {
                seen[*index] = true;
                ran(json, *index);
            }
        }
        if (const auto missing = std::count(seen.begin(), seen.end(), false); missing > 0)
            notes_.add("specified, but not executed: takes no time", 0, missing);
    }

    /// Longer than the clock goes nothing can take.
    kernel::Time length(double seconds, const std::string& what) const {
        const kernel::Time time = kernel::from_seconds(seconds);
        if (time == kernel::never)
            throw FileError(file_, fmt::format("{}, {} s, is longer than 292 years, the limit of the clock; "
                                               "correct it, or leave it out",
                                               what, seconds));
        return time;
    }

    void ran(const Json& json, std::uint32_t index) {
        models::RecordedTask& task = run_.tasks[index];
        const auto runtime = number(json, {"runtimeInSeconds", "runtime"});
        if (runtime && *runtime >= 0) {
            task.realtime = length(*runtime, fmt::format("the runtime of task `{}`", task.id));
            ++with_runtime_;
        } else {
            notes_.add(runtime ? "negative runtime: takes no time" : "without runtime: takes no time");
        }
        if (const std::string text = string_of(json, {"executedAt"}); !text.empty()) {
            if (const auto instant = date_instant(text)) {
                task.started = *instant;
                if (task.realtime) task.completed = kernel::later(*instant, *task.realtime);
                dates_.add(text);
            } else {
                notes_.add("executedAt is no date and time: when it started is not known");
            }
        }
        const auto cores = number(json, {"coreCount", "cores"});
        if (cores && *cores > 0 && *cores <= 1e6) task.cpus = *cores;
        task.cpu_percent = std::max(0.0, number(json, {"avgCPU"}).value_or(0));
        // What was counted is of the work alone; the files are what had to be there, and are listed more often.
        if (task.read_bytes == 0) task.read_bytes = bytes_of(json, {"readBytes", "bytesRead"});
        if (task.write_bytes == 0) task.write_bytes = bytes_of(json, {"writtenBytes", "bytesWritten"});
        if (const Json* machines = member(json, "machines"); machines != nullptr && machines->is_array()) {
            if (!machines->empty() && machines->front().is_string())
                task.node = machines->front().get<std::string>();
            if (machines->size() > 1) notes_.add("ran on several machines: placed on the first");
        } else {
            task.node = string_of(json, {"machine"});
        }
    }

    void machines(const Json& where) {
        const Json* machines = member(where, "machines");
        if (machines != nullptr && machines->is_array()) {
            for (const Json& json : *machines) {
                models::RecordedNode node;
                node.name = string_of(json, {"nodeName", "name"});
                if (node.name.empty() || nodes_.count(node.name) > 0) continue;
                if (const Json* cpu = member(json, "cpu")) {
                    const auto cores = number(*cpu, {"coreCount", "count"});
                    if (cores && *cores >= 1 && *cores <= 1e6) node.cores = *cores;
                }
                const std::int64_t bytes = bytes_of(json, {"memoryInBytes"});
                node.memory_bytes = bytes > 0 ? bytes : bytes_of(json, {"memory"}, 1024);
                nodes_.emplace(node.name, run_.nodes.size());
                run_.nodes.push_back(std::move(node));
            }
        }
        std::int64_t beyond = 0;
        for (const models::RecordedTask& task : run_.tasks) {
            if (task.node.empty()) continue;
            const auto at = nodes_.find(task.node);
            if (at == nodes_.end()) {
                notes_.add("ran on a machine that is not listed: its cores are unknown");
                nodes_.emplace(task.node, run_.nodes.size());
                models::RecordedNode node;
                node.name = task.node;
                run_.nodes.push_back(std::move(node));
            }
        }
        double most_cores = 0;
        for (const models::RecordedNode& node : run_.nodes) most_cores = std::max(most_cores, node.cores);
        for (const models::RecordedTask& task : run_.tasks) {
            const auto at = nodes_.find(task.node);
            const double cores = at == nodes_.end() ? most_cores : run_.nodes[at->second].cores;
            // 5 percent for the way a processor's share is measured.
            if (cores > 0 && task.cpu_percent > 100 * cores + 5) ++beyond;
        }
        if (beyond > 0)
            notes_.add(
                "used more processor time than its machine has cores: the recorded core count is too low", 0,
                beyond);
    }

    std::optional<std::uint32_t> find(const std::string& text) const {
        if (const auto at = ids_.find(text); at != ids_.end()) return at->second;
        if (const auto at = names_.find(text); at != names_.end()) return at->second;
        return std::nullopt;
    }

    void link(const Json& json, std::uint32_t index) {
        const auto each = [&](std::string_view key, auto&& found) {
            const Json* list = member(json, key);
            if (list == nullptr || !list->is_array()) return;
            for (const Json& other : *list) {
                const auto at = other.is_string() ? find(other.get_ref<const std::string&>()) : std::nullopt;
                if (!at)
                    notes_.add(fmt::format("{} that the file does not have: left out", key));
                else if (*at != index)
                    found(*at);
            }
        };
        each("parents", [&](std::uint32_t other) { run_.tasks[index].parents.push_back(other); });
        each("children", [&](std::uint32_t other) { run_.tasks[other].parents.push_back(index); });
    }

    void finish() {
        if (run_.tasks.empty()) throw FileError(file_, "has no task");
        if (with_runtime_ == 0)
            throw FileError(file_, "has no task with a runtime: it was not run, or not recorded");
        for (models::RecordedTask& task : run_.tasks) {
            std::sort(task.parents.begin(), task.parents.end());
            task.parents.erase(std::unique(task.parents.begin(), task.parents.end()), task.parents.end());
        }
        refuse_cycles(run_, file_);
        run_.has_dependencies = true;
        run_.resolution = kernel::millisecond;
        begin_with_first_start();
        run_.left_out = notes_.left_out();
        run_.notes = notes_.take();
    }

    /// Instants count from the first. Where some tasks that took time have none, those of the others order nothing.
    void begin_with_first_start() {
        std::optional<kernel::Time> first;
        std::int64_t without = 0;
        bool seconds = true;
        for (const models::RecordedTask& task : run_.tasks) {
            if (task.realtime && !task.started) ++without;
            if (!task.started) continue;
            first = std::min(first.value_or(*task.started), *task.started);
            seconds = seconds && *task.started % kernel::second == 0;
        }
        if (!first) return;
        for (models::RecordedTask& task : run_.tasks)
            for (std::optional<kernel::Time>* instant : {&task.started, &task.completed}) {
                if (without > 0)
                    instant->reset();
                else if (*instant)
                    **instant -= *first;
            }
        if (without > 0) {
            notes_.add("without executedAt, which others have: starts are not used", 0, without);
            return;
        }
        run_.epoch_ns = *first;
        if (dates_.local() && !zone_.empty()) models::LocalDates(zone_).move(run_);
        if (seconds) run_.resolution = kernel::second;
    }

    std::filesystem::path file_;
    const Json& document_;
    DateZones dates_;
    std::string zone_;  ///< of dates that say none; empty: UTC
    models::RecordedRun run_;
    NoteList notes_;
    std::vector<std::pair<const Json*, std::uint32_t>> entries_;
    std::unordered_map<std::string, std::uint32_t> ids_, names_;
    std::unordered_map<std::string, std::size_t> nodes_;
    std::unordered_map<std::string, std::int64_t> file_bytes_;
    std::int64_t with_runtime_ = 0;
};

}  // namespace

models::RecordedRun read_wfformat(Input& input, const std::string& zone) {
    const Json document = parse(input);
    return WorkflowReader(input, document, zone).read();
}

}  // namespace understudy::formats
