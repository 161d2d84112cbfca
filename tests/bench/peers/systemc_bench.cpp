// The workloads of ../limits as a user of SystemC writes them: modules with methods (cheaper than threads), a timed
// notification for each end of service.
//
//   systemc_bench mm1 CUSTOMERS | tandem CUSTOMERS | hold PENDING OPERATIONS | cancel CUSTOMERS
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <systemc>
#include <vector>

using namespace sc_core;

namespace {

std::uint64_t done = 0, timeouts = 0;
double total = 0;

sc_time exponential(double mean_s) {
    static std::mt19937_64 engine(42);
    static std::exponential_distribution<double> draw;
    return sc_time(mean_s * draw(engine), SC_SEC);
}

void leave(const sc_time& arrived) {
    total += (sc_time_stamp() - arrived).to_seconds();
    ++done;
}

class Station;

class Worker : public sc_module {
public:
    SC_HAS_PROCESS(Worker);
    Worker(sc_module_name name, Station& station) : sc_module(name), station_(station) {
        SC_METHOD(finish);
        sensitive << done_;
        dont_initialize();
    }
    void start(const sc_time& arrived) {
        arrived_ = arrived;
        done_.notify(exponential(1));
    }

private:
    void finish();

    Station& station_;
    sc_event done_;
    sc_time arrived_;
};

class Station : public sc_module {
public:
    Station(sc_module_name name, int workers, Station* next) : sc_module(name), next_(next) {
        for (int i = 0; i < workers; ++i) {
            workers_.push_back(std::make_unique<Worker>(sc_gen_unique_name("worker"), *this));
            free_.push_back(workers_.back().get());
        }
    }
    void enter(const sc_time& arrived) {
        if (free_.empty()) {
            line_.push_back(arrived);
            return;
        }
        free_.back()->start(arrived);
        free_.pop_back();
    }
    void finished(Worker& worker, const sc_time& arrived) {
        if (line_.empty()) {
            free_.push_back(&worker);
        } else {
            worker.start(line_.front());
            line_.pop_front();
        }
        if (next_)
            next_->enter(arrived);
        else
            leave(arrived);
    }

private:
    Station* next_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<Worker*> free_;
    std::deque<sc_time> line_;
};

void Worker::finish() { station_.finished(*this, arrived_); }

class Source : public sc_module {
public:
    SC_HAS_PROCESS(Source);
    Source(sc_module_name name, double mean_s, std::uint64_t customers, std::function<void()> customer)
        : sc_module(name), mean_s_(mean_s), left_(customers), customer_(std::move(customer)) {
        SC_METHOD(next);
    }

private:
    void next() {
        if (begun_) customer_();
        begun_ = true;
        if (left_-- > 0) next_trigger(exponential(mean_s_));
    }

    double mean_s_;
    std::uint64_t left_;
    std::function<void()> customer_;
    bool begun_ = false;
};

/// A place for a customer who is served or gives up, whichever comes first.
class Place : public sc_module {
public:
    SC_HAS_PROCESS(Place);
    Place(sc_module_name name, std::vector<Place*>& free) : sc_module(name), free_(free) {
        SC_METHOD(served);
        sensitive << service_;
        dont_initialize();
        SC_METHOD(given_up);
        sensitive << timeout_;
        dont_initialize();
    }
    void enter() {
        arrived_ = sc_time_stamp();
        service_.notify(exponential(1 / 0.9));
        timeout_.notify(exponential(10));
    }

private:
    void served() {
        timeout_.cancel();
        gone();
    }
    void given_up() {
        service_.cancel();
        ++timeouts;
        gone();
    }
    void gone() {
        leave(arrived_);
        free_.push_back(this);
    }

    std::vector<Place*>& free_;
    sc_event service_, timeout_;
    sc_time arrived_;
};

class Again : public sc_module {
public:
    SC_HAS_PROCESS(Again);
    Again(sc_module_name name, std::uint64_t operations) : sc_module(name), operations_(operations) {
        SC_METHOD(happen);
    }

private:
    void happen() {
        if (begun_ && ++done == operations_) sc_stop();
        begun_ = true;
        next_trigger(exponential(1));
    }

    std::uint64_t operations_;
    bool begun_ = false;
};

}  // namespace

int sc_main(int count, char** words) {
    const std::string what = count > 2 ? words[1] : "";
    const std::uint64_t number = count > 2 ? std::strtoull(words[2], nullptr, 10) : 0;
    sc_set_time_resolution(1, SC_NS);
    std::deque<Station> row;
    std::deque<Place> places;
    std::deque<Again> again;
    std::vector<Place*> free;
    std::unique_ptr<Source> source;
    if (what == "mm1" || what == "tandem") {
        const int stations = what == "mm1" ? 1 : 5;
        for (int i = 0; i < stations; ++i)
            row.emplace_front(sc_gen_unique_name("station"), what == "mm1" ? 1 : 3,
                              row.empty() ? nullptr : &row.front());
        source = std::make_unique<Source>("source", what == "mm1" ? 1 / 0.9 : 1 / 2.4, number,
                                          [&] { row.front().enter(sc_time_stamp()); });
    } else if (what == "cancel") {
        // Modules are made before the simulation starts; about a thousand customers are there at a time.
        for (int i = 0; i < 4096; ++i) {
            places.emplace_back(sc_gen_unique_name("place"), free);
            free.push_back(&places.back());
        }
        source = std::make_unique<Source>("source", 1e-3, number, [&] {
            Place* place = free.back();
            free.pop_back();
            place->enter();
        });
    } else if (what == "hold" && count > 3) {
        const std::uint64_t operations = std::strtoull(words[3], nullptr, 10);
        for (std::uint64_t i = 0; i < number; ++i)
            again.emplace_back(sc_gen_unique_name("again"), operations);
    } else {
        std::fputs(
            "systemc_bench mm1 CUSTOMERS | tandem CUSTOMERS | hold PENDING OPERATIONS | cancel CUSTOMERS\n",
            stderr);
        return 2;
    }
    sc_start();
    std::printf("mean %.4f timeouts %.4f done %llu\n", total / static_cast<double>(done),
                static_cast<double>(timeouts) / static_cast<double>(done),
                static_cast<unsigned long long>(done));
    return 0;
}
