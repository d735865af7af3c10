#ifndef APUS_CSOCKETS
#define APUS_CSOCKETS

// What glibc declares under _GNU_SOURCE alone, and Swift's module Glibc therefore leaves out. No
// header is included, as Swift would take the types in it for this module's rather than Glibc's.
extern int accept4(int listener, void *address, void *length, int flags);
extern int ppoll(void *waiting, unsigned long count, const void *timeout, const void *mask);

#endif
