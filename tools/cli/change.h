// The commands of `understudy change`: what a change is, does and needs, and the way from its request to its version.
#pragma once

#include <string_view>

#include "tools/cli/command.h"

namespace understudy::cli {

/// `show`, ..., by the word after `change`; UsageError with the nearest where there is none.
const Command& change_command_named(std::string_view name);

int change_new(const Arguments&);
int change_show(const Arguments&);
int change_validate(const Arguments&);
int change_impact(const Arguments&);
int change_price(const Arguments&);
int change_request(const Arguments&);
int change_list(const Arguments&);
int change_approve(const Arguments&);
int change_reject(const Arguments&);
int change_apply(const Arguments&);
int change_rollback(const Arguments&);
int change_log(const Arguments&);
int change_attest(const Arguments&);

}  // namespace understudy::cli
