// The constants come from mpmath 1.3 (Debian python3-mpmath) at 60 digits, inverses by bisection on the same
// functions, for the doubles given as arguments.
#include "kernel/special_functions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/not_finite.h"

using namespace understudy::kernel;

namespace {

double relative_error(double value, double exact) {
    return exact == 0.0 ? std::fabs(value) : std::fabs(value / exact - 1.0);
}

struct One {
    double argument, value;
};
struct Both {
    double argument, lower, upper;
};
struct Two {
    double first, second, value;
};
struct TwoBoth {
    double first, second, lower, upper;
};
struct Three {
    double first, second, third, value;
};
struct Limits {
    double successes, trials, confidence, low, high;
};

}  // namespace

TEST_CASE("normal law") {
    const std::vector<Both> cdf = {
        {-37, 5.7255712225245768227e-300, 1.0},
        {-20, 2.7536241186062336951e-89, 1.0},
        {-8.3, 5.2055697448902540246e-17, 0.99999999999999994794},
        {-3, 0.0013498980316300945267, 0.99865010196836990547},
        {-1.96, 0.024997895148220436213, 0.97500210485177956379},
        {-0.5, 0.30853753872598689636, 0.69146246127401310364},
        {0.1, 0.53982783727702898367, 0.46017216272297101633},
        {1, 0.84134474606854294859, 0.15865525393145705141},
        {2.5, 0.99379033467422386483, 0.006209665325776135167},
        {6, 0.99999999901341235496, 9.865876450376981407e-10},
    };
    for (const auto& row : cdf) {
        CAPTURE(row.argument);
        CHECK(relative_error(normal_cdf(row.argument), row.lower) < 1e-15);
        CHECK(relative_error(normal_survival(row.argument), row.upper) < 1e-15);
    }
    const std::vector<One> quantile = {
        {1e-300, -37.047096299361199237}, {1e-30, -11.46402468844361572},  {1e-09, -5.9978070150076868614},
        {0.001, -3.0902323061678135354},  {0.025, -1.9599639845400542118}, {0.074, -1.4466320671589785099},
        {0.3, -0.52440051270804081597},   {0.6, 0.25334710313579974132},   {0.975, 1.9599639845400538556},
        {0.9999, 3.7190164854557083867},
    };
    for (const auto& row : quantile) {
        CAPTURE(row.argument);
        CHECK(relative_error(normal_quantile(row.argument), row.value) < 1e-15);
    }
    CHECK(normal_quantile(0.5) == 0.0);
    CHECK(normal_quantile(0.0) == -infinity);
    CHECK(normal_quantile(1.0) == infinity);
    CHECK(std::isnan(normal_quantile(1.1)));
    CHECK(normal_density(0.0) == doctest::Approx(0.3989422804014327).epsilon(1e-15));
    CHECK(normal_cdf(-infinity) == 0.0);
    CHECK(normal_cdf(infinity) == 1.0);
}

TEST_CASE("log gamma") {
    const std::vector<One> table = {
        {1e-09, 20.72326583636919543},         {0.05, 2.9688792010517307685},
        {0.5, 0.57236494292470008707},         {0.999, 0.00057803853289138023817},
        {1.0001, -0.000057713342220471268005}, {1.4616, -0.12148629003589732842},
        {1.9999, -0.000042275208772153458011}, {2.3, 0.1541894549596304745},
        {3.7, 1.4280723266653881292},          {9.5, 11.689333420797268483},
        {10.5, 13.940625219403763633},         {171.5, 709.14316303092824227},
        {1000000.0, 12815504.56914761166},
    };
    for (const auto& row : table) {
        CAPTURE(row.argument);
        CHECK(relative_error(log_gamma(row.argument), row.value) < 1e-15);
    }
    CHECK(log_gamma(1.0) == 0.0);
    CHECK(log_gamma(2.0) == 0.0);
    CHECK(std::isnan(log_gamma(0.0)));
}

TEST_CASE("incomplete gamma functions and their inverse") {
    const std::vector<TwoBoth> table = {
        {0.01, 1e-06, 0.87593375983235330507, 0.12406624016764669493},
        {0.01, 0.5, 0.99437324380603281585, 0.005626756193967184147},
        {0.3, 0.2, 0.65750672426972173705, 0.34249327573027826295},
        {0.5, 3, 0.98569412156457036047, 0.014305878435429639526},
        {1, 1, 0.6321205588285576784, 0.3678794411714423216},
        {2.5, 2.5, 0.58411981300449207972, 0.41588018699550792028},
        {10, 3, 0.0011024881301154797421, 0.99889751186988452026},
        {10, 25, 0.99977852336175121642, 0.00022147663824878358122},
        {200, 190, 0.24334742710062380421, 0.75665257289937619579},
        {200, 260, 0.99995249987555699124, 0.000047500124443008756428},
        {10000.0, 10000.0, 0.50132980833995520038, 0.49867019166004479962},
        {10000.0, 10300, 0.99852950510361431872, 0.0014704948963856812759},
        {1000000.0, 1000000.0, 0.50013298076087259124, 0.49986701923912740876},
        {1000000.0, 999000, 0.15865521357430365246, 0.84134478642569634754},
    };
    for (const auto& row : table) {
        CAPTURE(row.first);
        CAPTURE(row.second);
        const double bound = row.first > 50 ? 1e-12 : 1e-13;
        CHECK(relative_error(gamma_cdf(row.first, row.second), row.lower) < bound);
        CHECK(relative_error(gamma_survival(row.first, row.second), row.upper) < bound);
    }
    const std::vector<Two> inverse = {
        {0.01, 0.99, 0.26505255025158183792},    {0.05, 0.5, 5.5738784407462475222e-7},
        {0.3, 0.001, 6.9726990967833446601e-11}, {0.5, 0.5, 0.22746821155978637597},
        {1.5, 0.1, 0.29218718707759164027},      {3, 0.999, 11.22887224241266157},
        {10, 0.5, 9.6687146147141311518},        {100, 1e-06, 59.436320698122894194},
        {1000, 0.95, 1052.5771180823205518},
    };
    for (const auto& row : inverse) {
        CAPTURE(row.first);
        CAPTURE(row.second);
        CHECK(relative_error(gamma_quantile(row.first, row.second, 1.0 - row.second), row.value) < 1e-12);
    }
    for (const double shape : {0.01, 0.02, 0.05, 0.1, 0.3, 0.7, 1.0, 1.5, 3.0, 10.0, 50.0, 1e3, 1e4, 1e6}) {
        for (const double p : {1e-16, 1e-10, 1e-5, 0.001, 0.01, 0.1, 0.3, 0.5}) {
            CAPTURE(shape);
            CAPTURE(p);
            const double low = gamma_quantile(shape, p, 1.0 - p);
            if (low > 1e-250) CHECK(relative_error(gamma_cdf(shape, low), p) < 2e-12);
            const double high = gamma_quantile(shape, 1.0 - p, p);
            if (high > 1e-250) CHECK(relative_error(gamma_survival(shape, high), p) < 2e-12);
        }
    }
    CHECK(gamma_quantile(0.01, 1e-10, 1.0) == 0.0);  // the true value is 1e-1000
    CHECK(gamma_quantile(2.0, 0.0, 1.0) == 0.0);
    CHECK(gamma_quantile(2.0, 1.0, 0.0) == infinity);
    CHECK(gamma_cdf(2.0, 0.0) == 0.0);
    CHECK(gamma_cdf(2.0, infinity) == 1.0);
    CHECK(std::isnan(gamma_cdf(-1.0, 1.0)));
}

TEST_CASE("Student's law") {
    const std::vector<Two> tail = {
        {1, 0.5, 0.35241638234956672582}, {2, 3, 0.04773298313335456603},
        {3.5, 1, 0.19066862678172276901}, {9, 2.2622, 0.02499824965825568033},
        {30, -2, 0.97268747751850844804}, {1000, 4, 0.000034004959604390788799},
    };
    for (const auto& row : tail) {
        CAPTURE(row.first);
        CHECK(relative_error(student_survival(row.second, row.first), row.value) < 1e-12);
        CHECK(relative_error(student_cdf(-row.second, row.first), row.value) < 1e-12);
    }
    const std::vector<Two> quantile = {
        {1, 0.975, 12.706204736174693259},   {2, 0.995, 9.9248432009182883107},
        {3, 0.95, 2.3533634348018230842},    {4.5, 0.9, 1.5008853175085578036},
        {9, 0.975, 2.2621571627982051123},   {29, 0.025, -2.0452296421327040843},
        {199, 0.9995, 3.340086556161463216}, {5000, 0.975, 1.9604385517065076039},
    };
    for (const auto& row : quantile) {
        CAPTURE(row.first);
        CHECK(relative_error(student_quantile(row.second, row.first), row.value) < 1e-12);
        CHECK(student_quantile(0.5, row.first) == 0.0);
    }
    CHECK(student_quantile(0.975, infinity) == normal_quantile(0.975));
    CHECK(student_quantile(1.0, 3.0) == infinity);
    CHECK(std::isnan(student_quantile(0.9, 0.5)));
    CHECK(student_cdf(infinity, 3.0) == 1.0);
}

TEST_CASE("incomplete beta function and its inverse") {
    const std::vector<Three> table = {
        {0.5, 0.5, 0.25, 0.33333333333333333333},     {2, 3, 0.4, 0.52480000000000003837},
        {30, 0.5, 0.9, 0.012282448499852759775},      {100, 200, 0.3, 0.10884306564490975751},
        {5000, 0.5, 0.999, 0.0015615791602892832788},
    };
    for (const auto& row : table) {
        CAPTURE(row.first);
        CHECK(relative_error(beta_cdf(row.first, row.second, row.third, 1.0 - row.third), row.value) < 1e-12);
        CHECK(relative_error(beta_quantile(row.first, row.second, row.value), row.third) < 1e-12);
    }
    CHECK(beta_cdf(2.0, 3.0, 0.0, 1.0) == 0.0);
    CHECK(beta_cdf(2.0, 3.0, 1.0, 0.0) == 1.0);
    CHECK(beta_quantile(2.0, 3.0, 0.0) == 0.0);
    CHECK(beta_quantile(2.0, 3.0, 1.0) == 1.0);
    CHECK(beta_quantile(0.05, 2.0, 1e-9) > 0.0);
}

TEST_CASE("limits of a share after Clopper and Pearson") {
    const std::vector<Limits> table = {
        {0, 20, 0.95, 0.0, 0.16843347098308530014},
        {1, 10, 0.95, 0.0025285785444617867738, 0.44501611702819535866},
        {7, 60, 0.95, 0.048214841871341923818, 0.22571615314564828618},
        {59, 60, 0.99, 0.88259269739868127055, 0.99991646112584035412},
        {300, 1000, 0.9, 0.2761227711590112406, 0.32475361271934874604},
    };
    for (const auto& row : table) {
        const ShareLimits limits = binomial_limits(row.successes, row.trials, row.confidence);
        CAPTURE(row.successes);
        CHECK(relative_error(limits.low, row.low) < 1e-12);
        CHECK(relative_error(limits.high, row.high) < 1e-12);
    }
    CHECK(binomial_limits(5.0, 5.0, 0.95).high == 1.0);
    CHECK(binomial_limits(0.0, 0.0, 0.95).high == 1.0);
    CHECK(std::isnan(binomial_limits(6.0, 5.0, 0.95).low));
}
