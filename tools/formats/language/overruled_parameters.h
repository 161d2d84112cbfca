// Parameters of instances that are set beside the files (`--set orders.consumers=12`) and that a change overrules.
//
// Parameters count before an instance is put in place, and so before changes; all else that is set beside the files comes
// after them. So where a change sets what the instance makes of a parameter, the parameter would be told as set and say
// nothing, in a rehearsal on one side only. Which of both is meant nobody can know: it is refused. A multiple (`2x`) and a
// part of a law that the parameter leaves alone go together with it. Not thread-safe.
#pragma once

#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/templates.h"

namespace understudy::formats {

/// `settings`: of which instances were made; `edits`: those of all changes, in order.
void refuse_overruled(const std::vector<TakenInstances>& instances,
                      const std::vector<InstanceSetting>& settings, const std::vector<const Edit*>& edits,
                      Diagnostics& out);

}  // namespace understudy::formats
