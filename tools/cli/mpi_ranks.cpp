#include "tools/cli/mpi_ranks.h"

#include <cstdlib>
#include <string>

#include "tools/cli/command.h"

#ifdef UNDERSTUDY_MPI
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "tools/formats/language/objectives.h"
#include "tools/formats/ledger/unit_bytes.h"
#endif

namespace understudy::cli {

MpiLaunch launched_by_mpi() {
    const auto number = [](const char* variable) {
        const char* text = std::getenv(variable);
        return text == nullptr ? -1 : std::atoi(text);
    };
    for (const auto& [rank, ranks] :
         {std::pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), std::pair("PMI_RANK", "PMI_SIZE")})
        if (number(rank) >= 0 && number(ranks) > 1) return {number(rank), number(ranks)};
    return {};
}

#ifdef UNDERSTUDY_MPI

namespace {

using formats::ByteReader;
using formats::ByteWriter;
using studies::Unit;
using studies::UnitOutcome;

enum Tag : int {
    tag_about = 1,  ///< to the others: what outcomes depend on besides units
    tag_unit,       ///< to the others: a unit and its number
    tag_outcome,    ///< to rank 0: its number, and what it showed, or why it cannot be
    tag_end,        ///< to the others, and back from each once it has nothing more to say
};

/// What became of a unit.
enum class Answer : std::uint8_t { shown, bad_setting, failed };

/// MPI's own waiting takes a whole core.
class Patience {
public:
    void wait() {
        std::this_thread::sleep_for(pause_);
        pause_ = std::min(pause_ * 2, std::chrono::microseconds(2000));
    }
    void reset() { pause_ = std::chrono::microseconds(50); }

private:
    std::chrono::microseconds pause_{50};
};

struct Message {
    int tag = 0, from = 0;
    std::string bytes;
};

bool receive(Message& message) {
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
    if (there == 0) return false;
    int length = 0;
    MPI_Get_count(&status, MPI_BYTE, &length);
    message.tag = status.MPI_TAG;
    message.from = status.MPI_SOURCE;
    message.bytes.resize(static_cast<std::size_t>(length));
    MPI_Recv(message.bytes.data(), length, MPI_BYTE, message.from, message.tag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return true;
}

/// Messages under way. Sending never waits: of two ranks that wait for each other to receive neither would.
class Outbox {
public:
    void send(int to, Tag tag, std::string bytes) {
        if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            throw std::length_error("a message between ranks of more than 2 GiB");
        forget_sent();
        Sent& sent = under_way_.emplace_back(Sent{std::move(bytes), MPI_REQUEST_NULL});
        MPI_Isend(sent.bytes.data(), static_cast<int>(sent.bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD,
                  &sent.request);
    }
    /// Whether all have left.
    bool forget_sent() {
        std::erase_if(under_way_, [](Sent& sent) {
            int gone = 0;
            MPI_Test(&sent.request, &gone, MPI_STATUS_IGNORE);
            return gone != 0;
        });
        return under_way_.empty();
    }

private:
    struct Sent {
        std::string bytes;
        MPI_Request request;
    };
    std::list<Sent> under_way_;  // which stay where they are
};

std::string about_bytes(const studies::UnitSimulator& simulator, const std::string& base) {
    ByteWriter writer;
    writer.text(base);
    writer.number(simulator.seed());
    writer.number(static_cast<std::uint64_t>(simulator.warm_up()));
    writer.number(static_cast<std::uint32_t>(simulator.asked().objectives.size()));
    for (const models::Objective& objective : simulator.asked().objectives) writer.text(objective.text);
    const auto measures = [&](const std::vector<models::Measure>& all) {
        writer.number(static_cast<std::uint32_t>(all.size()));
        for (const models::Measure& measure : all) writer.text(measure.text);
    };
    measures(simulator.asked().measures);
    writer.number(static_cast<std::uint32_t>(simulator.asked().courses.size()));
    for (const studies::Course& course : simulator.asked().courses) {
        writer.text(course.name);
        measures(course.levels);
    }
    measures(simulator.asked().durations);
    return writer.bytes();
}

class MpiUnits : public studies::UnitRunner {
public:
    /// `about`: of what the other ranks were told last.
    MpiUnits(const studies::UnitSimulator& simulator, const std::string& base, int ranks, Outbox& outbox,
             const std::atomic<bool>& stop, studies::UnitStore* store, const MpiUnits*& about)
        : simulator_(simulator),
          base_(base),
          ranks_(ranks),
          outbox_(outbox),
          stop_(stop),
          store_(store),
          about_(about) {
        about_ = nullptr;  // whoever was where this one is
    }

    std::size_t run(const std::vector<Unit>& units, const Done& done) override {
        // A study may ask several questions in turns. Nothing is under way between two lists.
        if (about_ != this)
            for (int rank = 1; rank < ranks_; ++rank)
                outbox_.send(rank, tag_about, about_bytes(simulator_, base_));
        about_ = this;
        Work work(units);
        for (std::size_t i = 0; i < units.size(); ++i) {
            if (auto known = store_ ? store_->find(units[i]) : std::nullopt)
                work.finished.emplace(i, std::move(*known));
            else
                work.open.push_back(i);
        }
        std::jthread here([&] { simulate_here(work); });
        std::vector<std::size_t> given(static_cast<std::size_t>(ranks_), 0);
        std::size_t under_way = 0, told = 0;
        Patience patience;
        Message message;
        for (;;) {
            bool news = false;
            outbox_.forget_sent();
            while (receive(message)) {
                news = true;
                --given[static_cast<std::size_t>(message.from)];
                --under_way;
                take(work, message);
            }
            std::unique_lock lock(work.mutex);
            if (work.failure || stop_) work.open.clear();
            // One in front of each rank besides the one it does, so that it need not wait; but the last ones go to
            // whoever is free first.
            for (const std::size_t most : {std::size_t{1}, std::size_t{2}})
                for (int rank = 1; rank < ranks_; ++rank) {
                    std::size_t& has = given[static_cast<std::size_t>(rank)];
                    const std::size_t spare = most == 1 ? 0 : static_cast<std::size_t>(ranks_);
                    if (has >= most || work.open.size() <= spare) continue;
                    ByteWriter writer;
                    writer.number(std::uint64_t{work.open.front()});
                    writer.unit(units[work.open.front()]);
                    work.open.pop_front();
                    outbox_.send(rank, tag_unit, writer.bytes());
                    ++has;
                    ++under_way;
                    news = true;
                }
            keep(work, units);
            std::vector<UnitOutcome> due;
            while (!work.finished.empty() && work.finished.begin()->first == told + due.size()) {
                due.push_back(std::move(work.finished.begin()->second));
                work.finished.erase(work.finished.begin());
            }
            const bool over = work.open.empty() && under_way == 0 && work.here == 0 && due.empty();
            lock.unlock();
            if (over) break;
            for (UnitOutcome& next : due) done(told++, std::move(next));
            if (news || !due.empty())
                patience.reset();
            else
                patience.wait();
        }
        here.join();
        if (work.failure) std::rethrow_exception(work.failure);
        return told;
    }

private:
    struct Work {
        explicit Work(const std::vector<Unit>& of) : units(of) {}
        const std::vector<Unit>& units;
        std::mutex mutex;
        std::deque<std::size_t> open;
        std::map<std::size_t, UnitOutcome> finished;  ///< and not told of
        std::vector<std::size_t> fresh;               ///< of those, not kept yet
        int here = 0;                                 ///< under way in this process
        std::exception_ptr failure;
    };

    void simulate_here(Work& work) const {
        std::unique_lock lock(work.mutex);
        while (!work.open.empty() && !work.failure && !stop_) {
            const std::size_t index = work.open.front();
            work.open.pop_front();
            ++work.here;
            lock.unlock();
            std::optional<UnitOutcome> outcome;
            std::exception_ptr failure;
            try {
                outcome = simulator_.simulate(work.units[index]);
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            --work.here;
            if (failure && !work.failure) work.failure = failure;
            if (!outcome) continue;
            work.finished.emplace(index, std::move(*outcome));
            work.fresh.push_back(index);
        }
    }

    /// What this process and others have finished since.
    void keep(Work& work, const std::vector<Unit>& units) const {
        const std::vector<std::size_t> fresh = std::exchange(work.fresh, {});
        if (store_ == nullptr || work.failure) return;
        try {
            for (const std::size_t index : fresh) store_->add(units[index], work.finished.at(index));
        } catch (...) {
            work.failure = std::current_exception();
            work.open.clear();
        }
    }

    static void take(Work& work, const Message& message) {
        ByteReader reader(message.bytes);
        const auto index = static_cast<std::size_t>(reader.number<std::uint64_t>());
        const auto answer = static_cast<Answer>(reader.number<std::uint8_t>());
        const std::lock_guard lock(work.mutex);
        if (answer != Answer::shown) {
            const std::string why = reader.text();
            if (!work.failure)
                work.failure = answer == Answer::bad_setting
                                   ? std::make_exception_ptr(studies::BadSetting(why))
                                   : std::make_exception_ptr(std::runtime_error(why));
            return;
        }
        work.finished.emplace(index, reader.outcome());
        work.fresh.push_back(index);
    }

    const studies::UnitSimulator& simulator_;
    std::string base_;
    int ranks_;
    Outbox& outbox_;
    const std::atomic<bool>& stop_;
    studies::UnitStore* store_;
    const MpiUnits*& about_;
};

}  // namespace

struct MpiRanks::Session {
    Session() {
        int given = 0;
        MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    }
    ~Session() {
        if (rank == 0) {
            for (int other = 1; other < ranks; ++other) outbox.send(other, tag_end, "");
            // What they still have to say after a failure here is received, or they would wait for it.
            Patience patience;
            Message message;
            for (int ended = 0; ended + 1 < ranks || !outbox.forget_sent();) {
                if (receive(message))
                    ended += message.tag == tag_end;
                else
                    patience.wait();
            }
        }
        MPI_Finalize();
    }
    int rank = 0, ranks = 1;
    Outbox outbox;
    const MpiUnits* about = nullptr;
};

MpiRanks::MpiRanks() : session_(std::make_unique<Session>()) {}
MpiRanks::~MpiRanks() = default;

int MpiRanks::rank() const { return session_->rank; }

void MpiRanks::serve(const studies::ReadBase& read, const std::string& base) {
    try {
        serve_units(read, base);
    } catch (...) {
        // Rank 0 would wait for it for ever.
        MPI_Abort(MPI_COMM_WORLD, exit_internal);
    }
}

void MpiRanks::serve_units(const studies::ReadBase& read, const std::string& base) {
    Outbox& outbox = session_->outbox;
    const std::atomic<bool> never{false};
    std::unique_ptr<studies::UnitSimulator> simulator;
    bool other_base = false;
    Patience patience;
    Message message;
    for (;;) {
        outbox.forget_sent();
        if (!receive(message)) {
            patience.wait();
            continue;
        }
        patience.reset();
        if (message.tag == tag_end) {
            outbox.send(0, tag_end, "");
            while (!outbox.forget_sent()) patience.wait();
            return;
        }
        ByteReader reader(message.bytes);
        if (message.tag == tag_about) {
            other_base = reader.text() != base;
            const auto seed = reader.number<std::uint64_t>();
            const auto warm_up = static_cast<kernel::Time>(reader.number<std::uint64_t>());
            studies::Asked asked;
            std::string currency;
            for (auto count = reader.number<std::uint32_t>(); count > 0; --count) {
                currency.clear();
                asked.objectives.push_back(formats::read_objective(reader.text(), currency));
            }
            const auto read_all = [&](std::vector<models::Measure>& all) {
                for (auto count = reader.number<std::uint32_t>(); count > 0; --count)
                    all.push_back(formats::read_measure(reader.text()));
            };
            read_all(asked.measures);
            for (auto count = reader.number<std::uint32_t>(); count > 0; --count) {
                studies::Course& course = asked.courses.emplace_back();
                course.name = reader.text();
                read_all(course.levels);
            }
            read_all(asked.durations);
            simulator =
                std::make_unique<studies::UnitSimulator>(read, std::move(asked), seed, warm_up, never);
            continue;
        }
        const auto index = reader.number<std::uint64_t>();
        const Unit which = reader.unit();
        ByteWriter writer;
        writer.number(index);
        const auto failed = [&](Answer how, const std::string& why) {
            writer.number(static_cast<std::uint8_t>(how));
            writer.text(why);
        };
        try {
            if (other_base)
                throw studies::BadSetting("rank " + std::to_string(rank()) +
                                          " reads another base than rank 0; give all the same files\n");
            const auto shown = simulator->simulate(which);
            ByteWriter outcome;
            outcome.number(static_cast<std::uint8_t>(Answer::shown));
            outcome.outcome(*shown);
            outbox.send(0, tag_outcome, writer.bytes() + outcome.bytes());
            continue;
        } catch (const studies::BadSetting& wrong) {
            failed(Answer::bad_setting, wrong.what());
        } catch (const std::bad_alloc&) {
            failed(Answer::failed, fmt::format("out of memory on rank {}", rank()));
        } catch (const std::exception& error) {
            failed(Answer::failed, fmt::format("rank {}: {}", rank(), error.what()));
        }
        outbox.send(0, tag_outcome, writer.bytes());
    }
}

std::unique_ptr<studies::UnitRunner> MpiRanks::runner(const studies::UnitSimulator& simulator,
                                                      const std::string& base, const std::atomic<bool>& stop,
                                                      studies::UnitStore* store) {
    return std::make_unique<MpiUnits>(simulator, base, session_->ranks, session_->outbox, stop, store,
                                      session_->about);
}

#else

struct MpiRanks::Session {};

MpiRanks::MpiRanks() {
    throw UsageError(
        "mpirun started several processes, and this understudy was built without MPI; build it with "
        "-DUNDERSTUDY_MPI=ON, start one process, or do parts with --shard where the study has them");
}
MpiRanks::~MpiRanks() = default;
int MpiRanks::rank() const { return 0; }
void MpiRanks::serve(const studies::ReadBase&, const std::string&) {}
void MpiRanks::serve_units(const studies::ReadBase&, const std::string&) {}
std::unique_ptr<studies::UnitRunner> MpiRanks::runner(const studies::UnitSimulator&, const std::string&,
                                                      const std::atomic<bool>&, studies::UnitStore*) {
    return nullptr;
}

#endif

}  // namespace understudy::cli
