// Tables of contracts among what others say: which dataset each is, what writes it, and how often.
//
// A contract does not say what writes its tables. Where another source of the import does, or the twin that it is imported
// onto, the contract's `frequency` is that writer's schedule if nothing says one, and else not used: what was recorded and
// what was promised are two things. Where nothing does, a task that stands for it has the frequency (odcs.h).
//
// Pure functions apart from what they change, thread-safe.
#pragma once

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Gives pipelines that write tables of contracts the frequency of these, where they have no schedule; of several the
/// shortest. Says so in `assumed`, and in `not_used` where another schedule is told. May be called again as more is known.
void use_frequencies(Catalog& catalog);

/// For an import onto `twin`, a document of a scenario whose names `known` are. A contract's table that is none of its
/// datasets by label is the one that has its contract, else the one that unite() would take it for; where both are of one
/// source, or two fit, it is none. It adds what that dataset lacks, and `not_used` has what is said otherwise there. Tasks of
/// the twin that write tables of contracts, and which are no placeholders, join the catalog as what stands in the twin
/// (CatalogJob::in_twin). Then use_frequencies().
void find_contracts_in(const Node& twin, Catalog& catalog, KnownNames& known);

}  // namespace understudy::formats
