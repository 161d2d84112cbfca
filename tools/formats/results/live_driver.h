// How HDF5 reaches the file that a traced run writes: what a flush changes is changed as one. Internal to
// tools/formats/results.
//
// A file driver of HDF5's. Rows go straight to the disk, where nothing points to them yet or where the same rows
// stand in front (a column's last chunk). All else, the indexes and headers that a kill halfway would leave
// pointing to nothing, is kept in memory, where the library finds it, until commit_live(): then it goes to the
// disk by a journal (journal.h). So killed at any moment the file is as of the last commit, once the journal is
// in it: read_journal(), redo(), or read as if with read_with().
//
// What is rows: the library tells, but for global heaps (texts of variable length), which it calls rows as well
// and changes in place. They begin with a word of their own and are kept. So is whatever comes to lie where
// something other than rows has ever been.
//
// The first commit has nothing to go back to and needs no journal. Killed before its end the file is empty, or is
// HDF5 by its first bytes and cannot be read.
//
// Memory: what one flush changes.
//
// One thread for each file, as all of HDF5's. Failures throw Hdf5Error with the reason of the disk; from then on
// nothing more reaches it and the file stays as of the last commit.
#pragma once

#include <hdf5.h>

#include "tools/formats/results/journal.h"

namespace understudy::formats::hdf5 {

/// For files to be created; they are locked, whatever HDF5 has been told of locks.
void write_live(hid_t access);
/// For files to be read as if `journal`, which must live until the file is open, were in them. Refuses another
/// file under the name than the journal stands in.
void read_with(hid_t access, const Journal& journal);

// `file` was created with write_live().
/// After H5Fflush: all that it wrote, or nothing.
void commit_live(hid_t file);
/// Nothing more reaches the disk.
void give_up_live(hid_t file) noexcept;

}  // namespace understudy::formats::hdf5
