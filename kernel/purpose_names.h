// What streams are drawn for, in words: of tables and files.
#pragma once

#include "kernel/random.h"

namespace understudy::kernel {

/// "service"; "unknown" for a number that is no purpose (of a later version).
const char* name_of(Purpose purpose);

}  // namespace understudy::kernel
