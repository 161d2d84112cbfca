// Promised: laws are read as the reference writes them, with their dimension; canonical text reads back to
// the same law; what is refused is pointed at and says what to write. Shown: every law of the reference,
// their moments, refusals, and random laws printed and read again.
#include "tools/formats/language/laws.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

std::string fault_of(const std::string& text, std::optional<Dimension> expected = Dimension::duration,
                     const LawContext& context = {}) {
    try {
        read_law(text, expected, context);
        return "";
    } catch (const Fault& fault) {
        return std::to_string(fault.offset) + ": " + fault.what() +
               (fault.hint.empty() ? "" : "; " + fault.hint);
    }
}

double mean_of(const std::string& text, std::optional<Dimension> expected = Dimension::duration) {
    return read_law(text, expected).law.terms.at(0).law.mean();
}

}  // namespace

TEST_CASE("every law of the reference is read") {
    CHECK(mean_of("30s") == 30);
    CHECK(mean_of("exponential(mean 1s)") == 1);
    CHECK(mean_of("erlang(k 3 mean 1s)") == doctest::Approx(1));
    CHECK(mean_of("gamma(mean 1s cv 0.7)") == doctest::Approx(1));
    CHECK(mean_of("lognormal(mean 40s cv 0.5)") == doctest::Approx(40));
    CHECK(mean_of("weibull(shape 1 scale 800ms)") == doctest::Approx(0.8));
    CHECK(mean_of("pareto(shape 2.5 min 0.6s)") == doctest::Approx(1));
    CHECK(mean_of("normal(mean 10s sd 10ms)") == doctest::Approx(10));
    CHECK(mean_of("uniform(0s..2s)") == doctest::Approx(1));
    CHECK(mean_of("triangular(1s..9s mode 2s)") == doctest::Approx(4));
    CHECK(mean_of("geometric(mean 3)", Dimension::number) == doctest::Approx(3));
    CHECK(mean_of("zipf(n 1 s 1.1)", Dimension::number) == doctest::Approx(1));
    CHECK(mean_of("mix(90% 1s or 10% 5s)") == doctest::Approx(1.4));
    CHECK(mean_of("mix(50% mix(50% 1s or 50% 3s) or 50% exponential(mean 4s))") == doctest::Approx(3));
    CHECK(mean_of("uniform(1..6000)", Dimension::number) == doctest::Approx(3000.5));
    CHECK(read_law("lognormal(mean 6GiB cv 1.1)", Dimension::size).law.terms[0].law.mean() ==
          doctest::Approx(6.0 * (1 << 30)));
    CHECK(
        read_law("exponential(mean 10s min 1s max 20s)", Dimension::duration).law.terms[0].law.lower_end() ==
        1);
    CHECK(
        read_law("exponential(mean 10s min 1s max 20s)", Dimension::duration).law.terms[0].law.upper_end() ==
        20);
}

TEST_CASE("terms, units and fields") {
    const std::map<std::string, Dimension, std::less<>> fields = {{"work", Dimension::duration},
                                                                  {"token", Dimension::number}};
    const LawContext context{&fields, nullptr};
    const auto law = read_law("2min + lognormal(mean 20s cv 0.3) per GiB", Dimension::duration).law;
    REQUIRE(law.terms.size() == 2);
    CHECK(law.terms[0].law.mean() == 120);
    CHECK(law.terms[1].per == models::Per::bytes);
    CHECK(law.terms[1].per_amount == 1073741824.0);
    CHECK(read_law("1ms per item", Dimension::duration).law.terms[0].per == models::Per::item);
    CHECK(read_law("45us per record", Dimension::duration).law.terms[0].per == models::Per::record);
    CHECK(read_law("work", Dimension::duration, context).law.terms[0].field == "work");
    CHECK(read_law("1.2ms per token", Dimension::duration, context).law.terms[0].per_field == "token");
    CHECK(read_law("work", std::nullopt, context).dimension == Dimension::duration);
    CHECK(read_law("zipf(n 10 s 1)", std::nullopt).dimension == Dimension::number);
    CHECK(fault_of("wrok", Dimension::duration, context).find("did you mean 'work'?") != std::string::npos);
    CHECK(fault_of("token", Dimension::duration, context).find("is not a duration") != std::string::npos);
    CHECK(fault_of("1ms per work", Dimension::duration, context).find("plain numbers") != std::string::npos);
    CHECK(fault_of("1ms per records").find("'per record'") != std::string::npos);
    CHECK(fault_of("1s + 3MB", std::nullopt).find("5: ") == 0);
}

TEST_CASE("refusals point at the place and help") {
    const struct {
        const char *text, *part;
    } table[] = {{"lognormal(mean 50min, cv 0.2)", "20: a comma in a law"},
                 {"lognormal(mean 50min", "is not closed"},
                 {"lognormal(50min 0.2)", "10: '50min' has no name"},
                 {"lognormal(mean=50min cv=0.2)", "separated by a space"},
                 {"lognormal(mean 50min sd 3s)", "21: lognormal has no parameter 'sd'"},
                 {"lognormal(mean 50min)", "lognormal lacks 'cv'"},
                 {"lognorml(mean 50min cv 1)", "did you mean 'lognormal'?"},
                 {"constant(5s)", "a quantity alone"},
                 {"exp(mean 1s)", "exponential"},
                 {"poisson(3/s)", "unknown law 'poisson'"},
                 {"uniform(2s)", "not a range"},
                 {"uniform(3s..2s)", "lower end first"},
                 {"mix(50% 1s or 40% 2s)", "sum to 90%"},
                 {"mix(50% 1s or 50% 2MB)", "is not"},
                 {"exponential", "lacks its parameters"},
                 {"exponential(mean 1s) per", "per"},
                 {"5 s", "'5s'"},
                 {"30", "'30s'"},
                 {"1s 2s", "left over"},
                 {"sample(calls)", "LOG.column"},
                 {"sample(calls.took)", "not possible here"},
                 {"erlang(k 0 mean 1s)", "erlang: "},
                 {"erlang(k 2s mean 1s)", "plain number"},
                 {"", "missing"},
                 {"(", "missing"}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        const std::string fault = fault_of(row.text);
        CAPTURE(fault);
        CHECK(fault.find(row.part) != std::string::npos);
    }
}

TEST_CASE("columns of logs") {
    const auto values = std::make_shared<const std::vector<double>>(std::vector<double>{1, 2, 3});
    LawContext context;
    context.column = [&](std::string_view log, std::string_view column) -> LogColumn {
        if (log != "calls" || column != "took") throw Fault(0, "no such column");
        return {values, Dimension::duration};
    };
    CHECK(read_law("sample(calls.took)", Dimension::duration, context).law.terms[0].law.mean() ==
          doctest::Approx(2));
    CHECK(read_law("recorded(calls.took)", Dimension::duration, context).law.terms[0].recorded == values);
    CHECK(fault_of("recorded(calls.bytes)", Dimension::duration, context).find("9: no such column") == 0);
    CHECK(fault_of("recorded(calls.took)", Dimension::size, context).find("is not a size") !=
          std::string::npos);
    CHECK(print_law(read_law("2s + sample(calls.took) per GiB", Dimension::duration, context).law,
                    Dimension::duration) == "2s + sample(calls.took) per GiB");

    // What lies between two ends, each of them included.
    const auto cut = [&](const char* text) {
        return read_law(text, Dimension::duration, context).law.terms[0].law;
    };
    CHECK(cut("sample(calls.took min 2s)").mean() == doctest::Approx(2.5));
    CHECK(cut("sample(calls.took max 2s)").mean() == doctest::Approx(1.5));
    CHECK(cut("sample(calls.took min 1500ms max 2500ms)").mean() == 2);
    CHECK(cut("mix(90% sample(calls.took max 2s) or 10% pareto(shape 2 min 3s))").mean() ==
          doctest::Approx(0.9 * 1.5 + 0.1 * 6));
    CHECK(print_law(read_law("sample(calls.took min 2s max 3s)", Dimension::duration, context).law,
                    Dimension::duration) == "sample(calls.took min 2s max 3s)");
    const std::string spelt_out =
        print_law(read_law("mix(50% sample(calls.took min 2s) or 50% pareto(shape 2 min 3s max 9s))",
                           Dimension::duration, context)
                      .law,
                  Dimension::duration);
    CHECK(spelt_out == "mix(50% mix(50% 2s or 50% 3s) or 50% pareto(shape 2 min 3s max 9s))");
    CHECK(read_law(spelt_out, Dimension::duration).law.terms[0].law.mean() ==
          doctest::Approx(
              cut("mix(50% sample(calls.took min 2s) or 50% pareto(shape 2 min 3s max 9s))").mean()));
    CHECK(
        fault_of("sample(calls.took min 3s max 2s)", Dimension::duration, context).find("above its 'max'") !=
        std::string::npos);
    CHECK(fault_of("sample(calls.took min 4s)", Dimension::duration, context).find("no value") !=
          std::string::npos);
    CHECK(fault_of("sample(calls.took mean 4s)", Dimension::duration, context).find("no parameter 'mean'") !=
          std::string::npos);
    CHECK(fault_of("sample(calls.took min 4MB)", Dimension::duration, context) != "");
    CHECK(fault_of("sample(calls.took min 2s min 3s)", Dimension::duration, context).find("given twice") !=
          std::string::npos);
    CHECK(fault_of("recorded(calls.took min 2s)", Dimension::duration, context) != "");
}

TEST_CASE("canonical text of known laws") {
    for (const char* text :
         {"30s", "exponential(mean 1s)", "erlang(k 3 mean 1s)", "gamma(mean 1s cv 0.7)",
          "lognormal(mean 40s cv 0.5)", "weibull(shape 0.7 scale 0.8s)", "pareto(shape 2.5 min 0.6s)",
          "normal(mean 10s sd 2s)", "uniform(0s..2s)", "triangular(1s..9s mode 2s)", "mix(90% 1s or 10% 5s)",
          "2min + lognormal(mean 20s cv 0.3) per GiB", "exponential(mean 1s max 20s)",
          "exponential(mean 1s min 0.5s max 20s)", "pareto(shape 1.5 min 1s max 1h)"}) {
        CAPTURE(text);
        CHECK(print_law(read_law(text, Dimension::duration).law, Dimension::duration) == text);
    }
    CHECK(print_law(read_law("zipf(n 1000 s 1.1)", Dimension::number).law, Dimension::number) ==
          "zipf(n 1000 s 1.1)");
    CHECK(print_law(read_law("lognormal(mean 1.2GiB cv 0.4)", Dimension::size).law, Dimension::size) ==
          "lognormal(mean 1.2GiB cv 0.4)");
    CHECK(print_law({}, Dimension::duration) == "0s");
}

TEST_CASE("random laws read back to the same law") {
    const bool good = rc::check("round trip", [] {
        const auto number = [] {
            return std::ldexp(static_cast<double>(*rc::gen::inRange<std::int64_t>(1, 1 << 20)),
                              *rc::gen::inRange(-12, -2));
        };
        const auto choice = *rc::gen::inRange(0, 9);
        using D = kernel::Distribution;
        const double a = number(), b = number(), shape = 0.5 + std::fmod(number(), 5);
        D law = choice == 0   ? D::constant(a)
                : choice == 1 ? D::exponential(a)
                : choice == 2 ? D::lognormal(a, shape)
                : choice == 3 ? D::gamma(a, std::min(shape, 5.0))
                : choice == 4 ? D::uniform(std::min(a, b), std::max(a, b))
                : choice == 5 ? D::weibull(shape, a)
                : choice == 6 ? D::pareto(shape, a)
                : choice == 7 ? D::normal(a, b)
                              : D::mixture({0.25, 0.75}, {D::constant(a), D::exponential(b)});
        models::Law whole;
        whole.terms.push_back({});
        whole.terms[0].law = law;
        for (const Dimension d : {Dimension::duration, Dimension::size, Dimension::number}) {
            const std::string text = print_law(whole, d);
            const models::Law again = read_law(text, d).law;
            RC_ASSERT(again.terms.size() == 1u);
            RC_ASSERT(again.terms[0].law == law);
            RC_ASSERT(print_law(again, d) == text);
        }
    });
    CHECK(good);
}

TEST_CASE("no string makes the reader do anything but read or refuse") {
    const bool good = rc::check("random pieces", [] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "exponential", "mix", "uniform", "(", ")", "mean", "cv", "1s", "0s..2s", "90%", "or", "+", "per",
            "item", "GiB", ",", "k", "3", "mode", "min", "max", "sample", "a.b", "->", "<", "x", "é"));
        std::string text;
        for (const std::string& piece : pieces) text += piece + (piece == "(" ? "" : " ");
        try {
            read_law(text, std::nullopt);
        } catch (const Fault& fault) {
            RC_ASSERT(fault.offset <= text.size());
        }
    });
    CHECK(good);
    // A stack is not what bounds a hostile law.
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "mix(100% ";
    CHECK(fault_of(deep).find("too deeply") != std::string::npos);
}

TEST_CASE("hints keep what was written") {
    const auto said = [](const char* text) {
        try {
            read_law(text, Dimension::duration, {});
        } catch (const Fault& fault) {
            return std::string(fault.what()) + "; " + fault.hint;
        }
        return std::string("read");
    };
    CHECK(said("exp(30ms)").find("'exponential(mean 30ms)'") != std::string::npos);
    CHECK(said("exp(30 ms)").find("'exponential(mean 30ms)'") != std::string::npos);
    CHECK(said("exp(mean 5min)").find("'exponential(mean 5min)'") != std::string::npos);
    CHECK(said("exp(rate 3)").find("'exponential(mean 30s)'") != std::string::npos);
    CHECK(said("3 parsec") == "unknown unit 'parsec' in '3 parsec'; units of time are ns us ms s min h d w");
    CHECK(said("exponential(mean 3 parsec)") ==
          "unknown unit 'parsec' in '3 parsec'; units of time are ns us ms s min h d w");
    CHECK(said("exponential(mean 3 hours)").find("write '3h'") != std::string::npos);
    CHECK(said("3 s").find("write '3s'") != std::string::npos);
    CHECK(said("exponential(mean 3 max 9s)").find("'3' has no unit") != std::string::npos);
    CHECK(said("mix(50% 3 or 50% 4s)").find("'3' has no unit") != std::string::npos);
    CHECK(said("3s per parsec").find("after 'per'") != std::string::npos);
}
