#ifndef APUS_CLINUX
#define APUS_CLINUX

// What glibc declares under _GNU_SOURCE alone, and Swift's module Glibc therefore leaves out.
#include <spawn.h>
#include <sys/types.h>
#include <time.h>

extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern char *strptime(const char *text, const char *pattern, struct tm *fields);
extern int memfd_create(const char *name, unsigned flags);
extern ssize_t copy_file_range(int input, off_t *from, int output, off_t *to, size_t count, unsigned flags);

#endif
