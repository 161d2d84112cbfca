// The workloads of ../limits as a user of ns-3 writes them: events that call members, its exponential variables, its
// scheduler with a priority queue.
//
//   ns3_bench mm1 CUSTOMERS | tandem CUSTOMERS | hold PENDING OPERATIONS | cancel CUSTOMERS
#include <ns3/core-module.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <string>
#include <vector>

using namespace ns3;

namespace {

std::uint64_t done = 0, timeouts = 0;
double total = 0;

class Draws {
public:
    Draws() : variable_(CreateObject<ExponentialRandomVariable>()) {}
    Time operator()(double mean_s) { return Seconds(variable_->GetValue(mean_s, 0)); }

private:
    Ptr<ExponentialRandomVariable> variable_;
};

class Station {
public:
    Station(Draws& draw, int workers, Station* next) : draw_(draw), free_(workers), next_(next) {}
    void Enter(Time arrived) {
        if (free_ == 0) {
            line_.push_back(arrived);
            return;
        }
        --free_;
        Simulator::Schedule(draw_(1), &Station::Leave, this, arrived);
    }

private:
    void Leave(Time arrived) {
        if (line_.empty()) {
            ++free_;
        } else {
            Simulator::Schedule(draw_(1), &Station::Leave, this, line_.front());
            line_.pop_front();
        }
        if (next_) {
            next_->Enter(arrived);
            return;
        }
        total += (Simulator::Now() - arrived).GetSeconds();
        ++done;
    }

    Draws& draw_;
    int free_;
    Station* next_;
    std::deque<Time> line_;
};

class Source {
public:
    Source(Draws& draw, double mean_s, std::uint64_t customers, std::function<void()> customer)
        : draw_(draw), mean_s_(mean_s), left_(customers), customer_(std::move(customer)) {
        Next();
    }

private:
    void Next() {
        if (left_-- > 0) Simulator::Schedule(draw_(mean_s_), &Source::Arrive, this);
    }
    void Arrive() {
        customer_();
        Next();
    }

    Draws& draw_;
    double mean_s_;
    std::uint64_t left_;
    std::function<void()> customer_;
};

struct Customer : SimpleRefCount<Customer> {
    Time arrived = Simulator::Now();
    EventId service, timeout;
    void Served() {
        timeout.Cancel();
        Leave();
    }
    void GivenUp() {
        service.Cancel();
        ++timeouts;
        Leave();
    }
    void Leave() {
        total += (Simulator::Now() - arrived).GetSeconds();
        ++done;
    }
};

struct Again {
    Draws& draw;
    std::uint64_t operations;
    void Happen() {
        if (++done == operations) Simulator::Stop();
        Simulator::Schedule(draw(1), &Again::Happen, this);
    }
};

}  // namespace

int main(int count, char** words) {
    const std::string what = count > 2 ? words[1] : "";
    const std::uint64_t number = count > 2 ? std::strtoull(words[2], nullptr, 10) : 0;
    ObjectFactory scheduler;
    scheduler.SetTypeId("ns3::PriorityQueueScheduler");
    Simulator::SetScheduler(scheduler);
    Draws draw;
    if (what == "mm1" || what == "tandem") {
        const int stations = what == "mm1" ? 1 : 5;
        std::deque<Station> row;
        for (int i = 0; i < stations; ++i)
            row.emplace_front(draw, what == "mm1" ? 1 : 3, row.empty() ? nullptr : &row.front());
        Source source(draw, what == "mm1" ? 1 / 0.9 : 1 / 2.4, number,
                      [&] { row.front().Enter(Simulator::Now()); });
        Simulator::Run();
    } else if (what == "cancel") {
        Source source(draw, 1e-3, number, [&] {
            const Ptr<Customer> customer = Create<Customer>();
            customer->service = Simulator::Schedule(draw(1 / 0.9), &Customer::Served, customer);
            customer->timeout = Simulator::Schedule(draw(10), &Customer::GivenUp, customer);
        });
        Simulator::Run();
    } else if (what == "hold" && count > 3) {
        Again again{draw, std::strtoull(words[3], nullptr, 10)};
        for (std::uint64_t i = 0; i < number; ++i) Simulator::Schedule(draw(1), &Again::Happen, &again);
        Simulator::Run();
    } else {
        std::fputs(
            "ns3_bench mm1 CUSTOMERS | tandem CUSTOMERS | hold PENDING OPERATIONS | cancel CUSTOMERS\n",
            stderr);
        return 2;
    }
    std::printf("mean %.4f timeouts %.4f done %llu\n", total / static_cast<double>(done),
                static_cast<double>(timeouts) / static_cast<double>(done),
                static_cast<unsigned long long>(done));
    Simulator::Destroy();
    return 0;
}
