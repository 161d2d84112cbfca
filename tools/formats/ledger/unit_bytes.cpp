#include "tools/formats/ledger/unit_bytes.h"

// Not by way of its dispatcher, which would leave values in the upper halves of vector registers (results/seal.cpp):
// records are short.
#include <xxhash.h>

#include <bit>
#include <limits>
#include <stdexcept>

namespace understudy::formats {

using studies::Evidence;
using studies::UnitOutcome;

void ByteWriter::real(double value) {
    // One bit pattern for "no data", whatever arithmetic it came from.
    if (value != value) value = std::numeric_limits<double>::quiet_NaN();
    number(std::bit_cast<std::uint64_t>(value));
}

void ByteWriter::text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
}

void ByteWriter::unit(const studies::Unit& unit) {
    number(static_cast<std::uint32_t>(unit.overrides.size()));
    for (const std::string& override : unit.overrides) text(override);
    number(unit.first);
    number(unit.count);
}

void ByteWriter::outcome(const UnitOutcome& outcome) {
    text(outcome.overload);
    real(outcome.stretch_s);
    number(static_cast<std::uint32_t>(outcome.replications.size()));
    for (const UnitOutcome::Replication& one : outcome.replications) {
        number(one.events);
        number(static_cast<std::uint8_t>(one.fault));
        number(static_cast<std::uint32_t>(one.evidence.size()));
        for (const Evidence& evidence : one.evidence) {
            real(evidence.value);
            real(evidence.excess);
            real(evidence.weight);
        }
        number(static_cast<std::uint32_t>(one.courses.size()));
        for (const std::vector<double>& course : one.courses) {
            number(static_cast<std::uint32_t>(course.size()));
            for (const double value : course) real(value);
        }
        number(static_cast<std::uint32_t>(one.durations.size()));
        for (const studies::DurationHistogram& histogram : one.durations) {
            number(static_cast<std::uint32_t>(histogram.size()));
            for (const studies::DurationBucket& bucket : histogram) {
                real(bucket.low);
                real(bucket.count);
            }
        }
    }
}

std::string_view ByteReader::take(std::size_t length) {
    if (length > bytes_.size()) throw std::out_of_range("bytes are missing");
    const std::string_view part = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return part;
}

std::size_t ByteReader::entries(std::size_t least) {
    const std::size_t count = number<std::uint32_t>();
    if (count > bytes_.size() / least) throw std::out_of_range("more entries than bytes");
    return count;
}

double ByteReader::real() { return std::bit_cast<double>(number<std::uint64_t>()); }

std::string ByteReader::text() { return std::string(take(number<std::uint32_t>())); }

studies::Unit ByteReader::unit() {
    studies::Unit unit;
    unit.overrides.resize(entries(4));
    for (std::string& override : unit.overrides) override = text();
    unit.first = number<std::uint64_t>();
    unit.count = number<std::uint64_t>();
    return unit;
}

UnitOutcome ByteReader::outcome() {
    UnitOutcome outcome;
    outcome.overload = text();
    outcome.stretch_s = real();
    outcome.replications.resize(entries(21));
    for (UnitOutcome::Replication& one : outcome.replications) {
        one.events = number<std::uint64_t>();
        const auto fault = number<std::uint8_t>();
        if (fault > static_cast<std::uint8_t>(UnitOutcome::Replication::Fault::constraint))
            throw std::out_of_range("no fault of a replication");
        one.fault = static_cast<UnitOutcome::Replication::Fault>(fault);
        one.evidence.resize(entries(24));
        for (Evidence& evidence : one.evidence) {
            evidence.value = real();
            evidence.excess = real();
            evidence.weight = real();
        }
        one.courses.resize(entries(4));
        for (std::vector<double>& course : one.courses) {
            course.resize(entries(8));
            for (double& value : course) value = real();
        }
        one.durations.resize(entries(4));
        for (studies::DurationHistogram& histogram : one.durations) {
            histogram.resize(entries(16));
            for (studies::DurationBucket& bucket : histogram) {
                bucket.low = real();
                bucket.count = real();
            }
        }
    }
    return outcome;
}

std::uint64_t checksum_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace understudy::formats
