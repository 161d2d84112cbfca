#include "tools/studies/load_fit.h"
#include "tools/studies/rate_words.h"

namespace understudy::studies {

void LoadFit::edit_even(Time interval) {
    CalibrationEdit edit;
    edit.path = path();
    edit.arrivals.emplace();
    edit.arrivals->kind = models::Arrivals::Kind::every;
    edit.arrivals->interval = law_of(kernel::Distribution::constant(kernel::to_seconds(interval)));
    into_.edits.push_back(std::move(edit));
}

void LoadFit::edit_first(Time first) {
    CalibrationEdit edit;
    edit.path = name() + ".first";
    edit.law = law_of(kernel::Distribution::constant(kernel::to_seconds(first)));
    into_.edits.push_back(std::move(edit));
}

void LoadFit::say_spread(Time spread) {
    if (!seen_.batches && spread >= kernel::second)
        into_.assumed.push_back(name() + ": each comes at its time; those of one time lie up to " +
                                seconds_or_minutes(spread) + " apart in the logs");
}

void LoadFit::fit_beat(const Beat& beat) {
    const double period = kernel::to_seconds(beat.period);
    CalibratedElement& one =
        element(of_batches("every"), std::to_string(static_cast<std::int64_t>(seen_.all())) +
                                         (seen_.batches ? " batches" : " arrivals at even times"));
    one.numbers.push_back({"period", "s", period, {}, {}});
    edit_even(beat.period);
    if (beat.missed > 0)
        into_.assumed.push_back(name() + ": " + one_of_them() + " each time; in the logs " +
                                std::to_string(beat.missed) + " of " + std::to_string(beat.beats) +
                                " times had none");
    say_spread(beat.spread);
    const LogOfLoad& log = seen_.logs.front();
    if (!twin_.run.start || log.run->epoch_ns == 0)
        into_.assumed.push_back(name() + ": the first " + (seen_.batches ? "batch " : "") + "comes " +
                                (seen_.load->first ? "when the twin says" : "after one period") +
                                ", as log and `run.start` do not both have dates");
    else
        edit_first(rounded_offset(beat, local_ns(twin_.run, *log.run, beat.offset) - twin_.run.start->ns));
    if (twin_.run.start && beat.period >= kernel::hour && twin_.run.zone != "UTC" && !twin_.run.zone.empty())
        into_.assumed.push_back(name() + ": an even period, also where clocks are changed");
    hold_out_arrivals(0);
}

void LoadFit::fit_set_times(const SetTimes& times) {
    ByProfile by = profile_of(times, twin_.run.start.value_or(models::LocalInstant{}));
    CalibratedElement& one =
        element(of_batches("at set times"),
                std::to_string(times.days) + (times.weekdays_only ? " whole weekdays" : " whole days"));
    one.numbers.push_back({"times a day", "", static_cast<double>(times.of_day.size()), {}, {}});
    edit_even(by.interval);
    edit_first(by.first);
    add_profile(std::move(by.profile));
    if (times.other_days > 0)
        into_.assumed.push_back(name() + ": as many each day; " + std::to_string(times.other_days) + " of " +
                                std::to_string(times.days) + " days had others");
    if (times.weekdays_only)
        into_.assumed.push_back(name() + ": nothing comes on Saturdays and Sundays, as in the logs");
    say_spread(times.spread);
    say_midnight();
}

}  // namespace understudy::studies
