// What each replication of a run found, in its result file: `replications`, `counted`, `sections`, `pages` and `parts`.
//
// Metrics and series have their values by replication already; here is what estimates are made of besides, as it
// stands in memory, so that a run goes on from a file as it would have without it.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"

namespace understudy::formats {

using namespace hdf5;
using kernel::LogHistogram;
using kernel::Observed;
using kernel::QuantileSketch;
using studies::MetricResult;
using studies::ReplicationRecord;
using studies::RunResult;

namespace {

constexpr const char* group_name = "replications";

void demand(bool holds, const char* what) {
    if (!holds) throw Hdf5Error(fmt::format("'{}' {}", group_name, what));
}

// ---- what they say one by one

void write_records(hid_t group, const RunResult& result) {
    std::vector<std::uint64_t> fingerprints, events;
    std::vector<std::int64_t> numbers, counts;
    std::vector<std::uint8_t> broken_off;
    std::vector<std::string> texts;
    const auto remark = [&](std::size_t replication, const std::string& text, std::int64_t count,
                            bool broken) {
        numbers.push_back(static_cast<std::int64_t>(replication));
        texts.push_back(text);
        counts.push_back(count);
        broken_off.push_back(broken ? 1 : 0);
    };
    for (std::size_t r = 0; r < result.records.size(); ++r) {
        const ReplicationRecord& record = result.records[r];
        fingerprints.push_back(record.fingerprint);
        events.push_back(record.events);
        for (const auto& [text, count] : record.remarks) remark(r, text, count, false);
        if (!record.broken_off.empty()) remark(r, record.broken_off, 1, true);
    }
    write_column(group, "fingerprint", fingerprints);
    write_column(group, "events", events);
    const Handle remarks = create_group(group, "remarks");
    write_column(remarks, "replication", numbers);
    write_column(remarks, "text", texts);
    write_column(remarks, "count", counts);
    write_column(remarks, "broken_off", broken_off);
}

void read_records(hid_t group, RunResult& result) {
    const auto fingerprints = read_column<std::uint64_t>(group, "fingerprint");
    const auto events = read_column<std::uint64_t>(group, "events");
    demand(events.size() == fingerprints.size(), "has columns of different lengths");
    result.records.resize(events.size());
    for (std::size_t r = 0; r < events.size(); ++r) {
        result.records[r].fingerprint = fingerprints[r];
        result.records[r].events = events[r];
    }
    const Handle remarks = open_group(group, "remarks");
    const auto numbers = read_column<std::int64_t>(remarks, "replication");
    const auto texts = read_text_column(remarks, "text");
    const auto counts = read_column<std::int64_t>(remarks, "count");
    const auto broken_off = read_column<std::uint8_t>(remarks, "broken_off");
    demand(texts.size() == numbers.size() && counts.size() == numbers.size() &&
               broken_off.size() == numbers.size(),
           "has remarks of different lengths");
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        demand(numbers[i] >= 0 && numbers[i] < std::ssize(result.records), "has a remark of another run");
        ReplicationRecord& record = result.records[static_cast<std::size_t>(numbers[i])];
        if (broken_off[i] != 0)
            record.broken_off = texts[i];
        else
            record.remarks[texts[i]] = counts[i];
    }
}

// ---- by replication and metric

void write_had_data(hid_t group, const RunResult& result) {
    const std::size_t rows = result.records.size(), columns = result.metrics.size();
    std::vector<std::uint8_t> cells(rows * columns);
    std::vector<std::int64_t> intervals(rows);
    for (std::size_t m = 0; m < columns; ++m)
        for (std::size_t r = 0; r < rows; ++r) cells[r * columns + m] = result.metrics[m].had_data[r];
    if (!result.series.empty())
        for (std::size_t r = 0; r < rows; ++r) intervals[r] = std::ssize(result.series.front().values[r]);
    write_dataset<std::uint8_t>(group, "had_data", {rows, columns}, cells);
    write_column(group, "intervals", intervals);
}

void read_had_data(hid_t group, RunResult& result) {
    const std::size_t rows = result.records.size(), columns = result.metrics.size();
    std::vector<hsize_t> shape;
    const auto cells = read_dataset<std::uint8_t>(group, "had_data", shape);
    const auto intervals = read_column<std::int64_t>(group, "intervals");
    demand(shape.size() == 2 && shape[0] == rows && shape[1] == columns && intervals.size() == rows,
           "is of another shape than its metrics");
    for (std::size_t m = 0; m < columns; ++m) {
        result.metrics[m].had_data.resize(rows);
        for (std::size_t r = 0; r < rows; ++r)
            result.metrics[m].had_data[r] = cells[r * columns + m] != 0 ? 1 : 0;
    }
    for (studies::Series& series : result.series) {
        demand(series.values.size() == rows, "is of another shape than its series");
        for (std::size_t r = 0; r < rows; ++r)
            demand(std::ssize(series.values[r]) == intervals[r], "is of another shape than its series");
    }
}

void write_tallies(hid_t group, const RunResult& result) {
    const Handle counted = create_group(group, "counted");
    std::vector<std::int64_t> positions;
    for (std::size_t m = 0; m < result.metrics.size(); ++m)
        if (!result.metrics[m].tallies.empty()) positions.push_back(static_cast<std::int64_t>(m));
    const std::size_t rows = result.records.size();
    std::vector<std::uint64_t> counts, trials;
    for (std::size_t r = 0; r < rows; ++r)
        for (const std::int64_t m : positions) {
            counts.push_back(result.metrics[static_cast<std::size_t>(m)].tallies[r].count);
            trials.push_back(result.metrics[static_cast<std::size_t>(m)].tallies[r].trials);
        }
    write_column(counted, "position", positions);
    write_dataset<std::uint64_t>(counted, "count", {rows, positions.size()}, counts);
    write_dataset<std::uint64_t>(counted, "trials", {rows, positions.size()}, trials);
}

void read_tallies(hid_t group, RunResult& result) {
    const Handle counted = open_group(group, "counted");
    const auto positions = read_column<std::int64_t>(counted, "position");
    std::vector<hsize_t> shape, other;
    const auto counts = read_dataset<std::uint64_t>(counted, "count", shape);
    const auto trials = read_dataset<std::uint64_t>(counted, "trials", other);
    const std::size_t rows = result.records.size();
    demand(shape == other && shape.size() == 2 && shape[0] == rows && shape[1] == positions.size(),
           "has counts of another shape");
    for (std::size_t i = 0; i < positions.size(); ++i) {
        demand(positions[i] >= 0 && positions[i] < std::ssize(result.metrics), "counts for another metric");
        auto& tallies = result.metrics[static_cast<std::size_t>(positions[i])].tallies;
        tallies.resize(rows);
        for (std::size_t r = 0; r < rows; ++r)
            tallies[r] = {counts[r * positions.size() + i], trials[r * positions.size() + i]};
    }
}

// ---- parts of a run of one replication

void write_parts(hid_t group, const RunResult& result) {
    std::vector<std::int64_t> positions;
    std::vector<double> sums, bases;
    std::size_t columns = 0;
    for (std::size_t m = 0; m < result.metrics.size(); ++m) {
        if (result.metrics[m].parts.empty()) continue;
        positions.push_back(static_cast<std::int64_t>(m));
        columns = result.metrics[m].parts.size();
        for (const kernel::Part& part : result.metrics[m].parts) {
            sums.push_back(part.sum);
            bases.push_back(part.base);
        }
    }
    if (positions.empty()) return;
    const Handle parts = create_group(group, "parts");
    write_column(parts, "position", positions);
    write_dataset<double>(parts, "sum", {positions.size(), columns}, sums);
    write_dataset<double>(parts, "base", {positions.size(), columns}, bases);
}

void read_parts(hid_t group, RunResult& result) {
    if (!has_link(group, "parts")) return;
    const Handle parts = open_group(group, "parts");
    const auto positions = read_column<std::int64_t>(parts, "position");
    std::vector<hsize_t> shape, other;
    const auto sums = read_dataset<double>(parts, "sum", shape);
    const auto bases = read_dataset<double>(parts, "base", other);
    demand(shape == other && shape.size() == 2 && shape[0] == positions.size(), "has parts of another shape");
    for (std::size_t i = 0; i < positions.size(); ++i) {
        demand(positions[i] >= 0 && positions[i] < std::ssize(result.metrics), "has parts of another metric");
        auto& of_metric = result.metrics[static_cast<std::size_t>(positions[i])].parts;
        demand(of_metric.empty(), "has parts of a metric twice");
        for (std::size_t part = i * shape[1]; part < (i + 1) * shape[1]; ++part) {
            demand(std::isfinite(sums[part]) && std::isfinite(bases[part]), "has parts that are no numbers");
            of_metric.push_back({sums[part], bases[part]});
        }
    }
}

// ---- sections

/// All sections of all metrics, one after the other, as columns.
struct SectionColumns {
    std::vector<std::int64_t> position, replications;
    std::vector<std::uint8_t> over_time, whole;
    std::vector<double> unit, weight, mean, squares, work;
    std::vector<std::uint64_t> items, values, pages;
    std::vector<double> low, high;
    std::vector<double> value;          ///< of all sections that keep their values
    std::vector<std::uint32_t> octave;  ///< of all pages
    std::vector<double> page_weight;

    /// tell(name, column) for each that has one entry a section.
    template <class Self, class Tell>
    static void each(Self& self, Tell tell) {
        tell("position", self.position);
        tell("replications", self.replications);
        tell("over_time", self.over_time);
        tell("whole", self.whole);
        tell("unit", self.unit);
        tell("weight", self.weight);
        tell("mean", self.mean);
        tell("squares", self.squares);
        tell("work", self.work);
        tell("items", self.items);
        tell("values", self.values);
        tell("pages", self.pages);
        tell("low", self.low);
        tell("high", self.high);
    }

    void add(std::int64_t metric, std::int64_t size, const Observed& section) {
        const bool time = section.of == Observed::Of::time;
        const LogHistogram& histogram = time ? section.times : section.items.histogram();
        position.push_back(metric);
        replications.push_back(size);
        over_time.push_back(time ? 1 : 0);
        whole.push_back(section.values == LogHistogram::Values::whole ? 1 : 0);
        unit.push_back(section.unit);
        weight.push_back(section.weight);
        mean.push_back(section.mean);
        squares.push_back(section.squares);
        work.push_back(section.work);
        items.push_back(section.items.count());
        values.push_back(section.items.values().size());
        pages.push_back(histogram.pages());
        low.push_back(histogram.minimum());
        high.push_back(histogram.maximum());
        value.insert(value.end(), section.items.values().begin(), section.items.values().end());
        const auto octaves = histogram.octaves();
        octave.insert(octave.end(), octaves.begin(), octaves.end());
        page_weight.insert(page_weight.end(), histogram.weights().begin(), histogram.weights().end());
    }
};

void write_sections(hid_t group, const RunResult& result) {
    SectionColumns all;
    for (std::size_t m = 0; m < result.metrics.size(); ++m)
        for (const Observed& section : result.metrics[m].sections)
            all.add(static_cast<std::int64_t>(m), result.metrics[m].replications_a_section, section);
    const Handle sections = create_group(group, "sections");
    SectionColumns::each(all,
                         [&](const char* name, const auto& column) { write_column(sections, name, column); });
    write_column(sections, "value", all.value);
    write_column(sections, "octave", all.octave);
    write_dataset<double>(sections, "page_weight", {all.octave.size(), LogHistogram::buckets},
                          all.page_weight);
}

/// Takes parts of columns one after the other.
class SectionReader {
public:
    explicit SectionReader(hid_t group) {
        SectionColumns::each(all_, [&](const char* name, auto& column) {
            using Value = typename std::decay_t<decltype(column)>::value_type;
            column = read_column<Value>(group, name);
            demand(column.size() == all_.position.size(), "has sections of different lengths");
        });
        all_.value = read_column<double>(group, "value");
        all_.octave = read_column<std::uint32_t>(group, "octave");
        std::vector<hsize_t> shape;
        all_.page_weight = read_dataset<double>(group, "page_weight", shape);
        demand(shape.size() == 2 && shape[0] == all_.octave.size() && shape[1] == LogHistogram::buckets,
               "has pages of another shape");
    }
    std::size_t count() const { return all_.position.size(); }
    std::int64_t position(std::size_t i) const { return all_.position[i]; }
    std::int64_t replications(std::size_t i) const { return all_.replications[i]; }

    Observed next(std::size_t i) {
        Observed section;
        section.of = all_.over_time[i] != 0 ? Observed::Of::time : Observed::Of::items;
        section.values = all_.whole[i] != 0 ? LogHistogram::Values::whole : LogHistogram::Values::any;
        section.unit = all_.unit[i];
        section.weight = all_.weight[i];
        section.mean = all_.mean[i];
        section.squares = all_.squares[i];
        section.work = all_.work[i];
        for (const double number :
             {section.unit, section.weight, section.mean, section.squares, section.work})
            demand(std::isfinite(number), "has sections that are no numbers");
        demand(section.weight >= 0, "has sections of no weight");
        const std::size_t values = all_.values[i], pages = all_.pages[i];
        demand(values <= all_.value.size() - value_ && pages <= all_.octave.size() - page_,
               "has fewer values than its sections say");
        auto histogram = LogHistogram::of_parts(
            std::span(all_.octave).subspan(page_, pages),
            std::span(all_.page_weight).subspan(page_ * LogHistogram::buckets, pages * LogHistogram::buckets),
            all_.low[i], all_.high[i]);
        demand(histogram.has_value(), "has pages of no histogram");
        const bool time = section.of == Observed::Of::time;
        if (time) {
            demand(values == 0 && all_.items[i] == 0, "has items of a level");
            section.times = std::move(*histogram);
        } else if (pages > 0) {
            demand(values == 0, "has items twice");
            section.items = QuantileSketch::of_histogram(std::move(*histogram), all_.items[i]);
        } else {
            demand(values == all_.items[i] && values <= section.items.capacity(),
                   "has items that are not there");
            for (const double value : std::span(all_.value).subspan(value_, values)) {
                demand(std::isfinite(value), "has values that are no numbers");
                section.items.add(value);
            }
        }
        value_ += values;
        page_ += pages;
        return section;
    }

private:
    SectionColumns all_;
    std::size_t value_ = 0, page_ = 0;
};

void read_sections(hid_t group, RunResult& result) {
    SectionReader sections(open_group(group, "sections"));
    for (std::size_t i = 0; i < sections.count(); ++i) {
        const std::int64_t position = sections.position(i);
        demand(position >= 0 && position < std::ssize(result.metrics), "has sections of another metric");
        MetricResult& metric = result.metrics[static_cast<std::size_t>(position)];
        demand(metric.sections.empty() || metric.replications_a_section == sections.replications(i),
               "has sections of different sizes");
        metric.replications_a_section = sections.replications(i);
        metric.sections.push_back(sections.next(i));
    }
}

}  // namespace

void write_replications_into(hid_t file, const RunResult& result) {
    if (result.simulated.empty()) return;
    const Handle group = create_group(file, group_name);
    write_attribute(group, "simulated", result.simulated);
    write_attribute(group, "warm_up_pilots", result.pilots.warm_up_pilots);
    write_attribute(group, "warm_up_ns", static_cast<std::int64_t>(result.pilots.warm_up));
    write_attribute(group, "too_short", static_cast<std::uint8_t>(result.pilots.too_short));
    write_attribute(group, "planned", result.pilots.planned);
    write_attribute(group, "planned_for", result.pilots.planned_for);
    write_records(group, result);
    write_had_data(group, result);
    write_tallies(group, result);
    write_parts(group, result);
    write_sections(group, result);
}

void read_replications(hid_t file, RunResult& result) {
    if (!has_link(file, group_name)) return;
    const Handle group = open_group(file, group_name);
    result.simulated = read_text_attribute(group, "simulated");
    result.pilots.warm_up_pilots = read_attribute<std::int64_t>(group, "warm_up_pilots");
    result.pilots.warm_up = read_attribute<std::int64_t>(group, "warm_up_ns");
    result.pilots.too_short = read_attribute<std::uint8_t>(group, "too_short") != 0;
    result.pilots.planned = read_attribute<std::int64_t>(group, "planned");
    result.pilots.planned_for = read_text_attribute(group, "planned_for");
    read_records(group, result);
    read_had_data(group, result);
    read_tallies(group, result);
    read_parts(group, result);
    read_sections(group, result);
}

}  // namespace understudy::formats
