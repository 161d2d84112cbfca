#include "tools/formats/results/histogram_log.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <new>
#include <set>
#include <string_view>

#include "kernel/invariant.h"

namespace understudy::formats {

namespace {

// HdrHistogram's names: sub-buckets of a power of two, of which all but the first have the upper half alone.
constexpr int half_count_magnitude = 7;
constexpr std::int64_t half_count = 1 << half_count_magnitude;
constexpr int significant_digits = 2;
static_assert(half_count == kernel::LogHistogram::buckets);

std::size_t bucket_index_of(std::uint64_t value) {
    const int bucket = std::max(0, static_cast<int>(std::bit_width(value)) - (half_count_magnitude + 1));
    return static_cast<std::size_t>(((bucket + 1) << half_count_magnitude) +
                                    static_cast<std::int64_t>(value >> bucket) - half_count);
}

/// The largest value that has the same index.
std::uint64_t highest_of(std::uint64_t value) {
    const int bucket = std::max(0, static_cast<int>(std::bit_width(value)) - (half_count_magnitude + 1));
    return (((value >> bucket) + 1) << bucket) - 1;
}

class BigEndian {
public:
    template <class Number>
    void add(Number number) {
        for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
            text_ += static_cast<char>((static_cast<std::uint64_t>(number) >> shift) & 0xFF);
    }
    /// ZigZag, then seven bits a byte from the lowest; a ninth byte has eight.
    void add_variable(std::int64_t number) {
        auto rest = (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
        for (int byte = 1; byte < 9 && rest > 0x7F; ++byte, rest >>= 7)
            text_ += static_cast<char>((rest & 0x7F) | 0x80);
        text_ += static_cast<char>(rest);
    }
    void add(const std::string& bytes) { text_ += bytes; }
    std::size_t size() const { return text_.size(); }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

std::string encoded_histogram(const std::vector<std::int64_t>& counts, std::uint64_t highest) {
    BigEndian payload;
    for (std::size_t i = 0; i < counts.size();) {
        std::size_t zeros = 0;
        while (i + zeros < counts.size() && counts[i + zeros] == 0) ++zeros;
        payload.add_variable(zeros > 0 ? -static_cast<std::int64_t>(zeros) : counts[i]);
        i += std::max<std::size_t>(1, zeros);
    }
    constexpr std::uint32_t cookie = 0x1c849303 | 0x10;
    BigEndian all;
    all.add(cookie);
    all.add(static_cast<std::uint32_t>(payload.size()));
    all.add(std::uint32_t{0});  // normalizing index offset
    all.add(std::uint32_t{significant_digits});
    all.add(std::uint64_t{1});  // lowest discernible value
    all.add(std::max<std::uint64_t>(2, highest));
    all.add(std::bit_cast<std::uint64_t>(1.0));  // integer to double value conversion ratio
    all.add(payload.text());
    return all.text();
}

std::string compressed_histogram(const std::string& histogram) {
    constexpr int usual_level = 6;
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(usual_level), libdeflate_free_compressor);
    if (!compressor) throw std::bad_alloc();
    std::string deflated(libdeflate_zlib_compress_bound(compressor.get(), histogram.size()), '\0');
    deflated.resize(libdeflate_zlib_compress(compressor.get(), histogram.data(), histogram.size(),
                                             deflated.data(), deflated.size()));
    kernel::require(!deflated.empty(), "what is compressed fits its bound");
    constexpr std::uint32_t cookie = 0x1c849304 | 0x10;
    BigEndian all;
    all.add(cookie);
    all.add(static_cast<std::uint32_t>(deflated.size()));
    all.add(deflated);
    return all.text();
}

std::string base_64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        const std::size_t there = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t b = 0; b < 3; ++b)
            three = (three << 8) | (b < there ? static_cast<unsigned char>(bytes[i + b]) : 0U);
        for (std::size_t b = 0; b < 4; ++b)
            text += b <= there ? letters[(three >> (18 - 6 * b)) & 0x3F] : '=';
    }
    return text;
}

/// "p(95) latency(a -> b) of gold" as a tag, which has neither spaces nor commas: "latency(a->b)_of_gold".
std::string tag_of(const std::string& measure) {
    const std::size_t aggregate = measure.find(')');
    std::string tag;
    for (const char letter : measure.substr(measure.find_first_not_of(' ', aggregate + 1)))
        tag += letter == ' ' ? '_' : letter == ',' ? ';' : letter;
    for (std::size_t at; (at = tag.find("_->_")) != std::string::npos;) tag.replace(at, 4, "->");
    return tag;
}

/// A label as part of a tag.
std::string in_tag(std::string label) {
    std::replace(label.begin(), label.end(), ' ', '_');
    std::replace(label.begin(), label.end(), ',', ';');
    return label;
}

std::string header_of(const std::string& scenario, const std::string& version) {
    return fmt::format(
        "#[Durations of {}, in nanoseconds, by understudy {}]\n#[Histogram log format version 1.3]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
        scenario, version);
}

}  // namespace

std::vector<std::int64_t> histogram_counts(const kernel::QuantileSketch& items) {
    std::vector<std::int64_t> counts;
    const auto add = [&](double value, double weight) {
        const std::size_t index =
            bucket_index_of(static_cast<std::uint64_t>(std::ceil(std::max(0.0, value))));
        if (counts.size() <= index) counts.resize(index + 1);
        counts[index] += std::llround(weight);
    };
    if (items.is_exact())
        for (const double value : items.values()) add(value, 1);
    else
        for (const kernel::LogHistogram::Bucket& bucket : items.histogram().filled())
            add(bucket.low, bucket.weight);
    return counts;
}

namespace {

/// What lines are made of, whoever has seen it.
struct Seen {
    struct Quantity {
        const std::string* measure;
        const std::vector<kernel::Observed>* sections;
        std::int64_t replications_a_section;
    };
    std::vector<Quantity> quantities;
    double replication_s = 1;
    std::int64_t replications = 0;
};

std::string line_of(const std::string& tag, double start_s, double length_s,
                    const kernel::QuantileSketch& items) {
    double largest = 0;
    if (items.is_exact())
        for (const double value : items.values()) largest = std::max(largest, value);
    else
        largest = items.histogram().maximum();
    const std::uint64_t highest = highest_of(static_cast<std::uint64_t>(std::max(0.0, largest)));
    constexpr double ns_a_ms = 1e6;
    return fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag, start_s, length_s,
                       static_cast<double>(highest) / ns_a_ms,
                       base_64(compressed_histogram(encoded_histogram(histogram_counts(items), highest))));
}

std::string histogram_lines(const Seen& seen, const std::string& prefix) {
    struct Tagged {
        std::string tag;
        const Seen::Quantity* quantity;
    };
    std::vector<Tagged> tagged;
    std::set<std::string> tags;
    std::size_t sections = 0;
    for (const Seen::Quantity& quantity : seen.quantities) {
        const bool of_items = std::any_of(
            quantity.sections->begin(), quantity.sections->end(),
            [](const auto& one) { return one.of == kernel::Observed::Of::items && one.items.count() > 0; });
        if (!of_items || !tags.insert(tag_of(*quantity.measure)).second) continue;
        tagged.push_back({prefix + tag_of(*quantity.measure), &quantity});
        sections = std::max(sections, quantity.sections->size());
    }
    std::string text;
    for (std::size_t section = 0; section < sections; ++section)
        for (const auto& [tag, quantity] : tagged) {
            if (section >= quantity->sections->size()) continue;
            const kernel::QuantileSketch& items = (*quantity->sections)[section].items;
            if (items.count() == 0) continue;
            const std::int64_t first = static_cast<std::int64_t>(section) * quantity->replications_a_section;
            const std::int64_t replications =
                std::min(quantity->replications_a_section, seen.replications - first);
            text += line_of(tag, static_cast<double>(first) * seen.replication_s,
                            static_cast<double>(replications) * seen.replication_s, items);
        }
    return text;
}

}  // namespace

std::string histogram_log(const studies::RunResult& result) {
    Seen seen;
    for (const studies::MetricResult& metric : result.metrics)
        if (metric.quantile > 0 && metric.unit == "s")
            seen.quantities.push_back({&metric.name, &metric.sections, metric.replications_a_section});
    if (result.length_s) seen.replication_s = *result.length_s - result.warm_up_s.value_or(0);
    seen.replications = result.replications_done;
    const std::string lines = histogram_lines(seen, "");
    return lines.empty() ? "" : header_of(result.provenance.scenario_name, result.provenance.version) + lines;
}

std::string histogram_log(const std::string& scenario, const std::string& version,
                          const std::vector<studies::SeenDurations>& settings) {
    std::string lines;
    for (const studies::SeenDurations& one : settings) {
        Seen seen;
        for (const auto& [measure, sections] : one.quantities)
            seen.quantities.push_back(
                {&measure, &sections.all(), static_cast<std::int64_t>(sections.replications())});
        seen.replication_s = one.replication_s;
        seen.replications = one.replications;
        lines += histogram_lines(seen, in_tag(one.label) + "/");
    }
    return lines.empty() ? "" : header_of(scenario, version) + lines;
}

}  // namespace understudy::formats
