// Standard output and standard error led to nowhere as long as it lives: of several processes that do one thing, one says
// it. One at a time in a process; not thread-safe.
#pragma once

namespace understudy::cli {

class Silence {
public:
    /// Where the system has no descriptor left, nothing is silenced.
    Silence();
    /// What was said meanwhile is lost, also what was not written yet.
    ~Silence();
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    int out_ = -1, err_ = -1;  ///< where they lead otherwise
};

}  // namespace understudy::cli
