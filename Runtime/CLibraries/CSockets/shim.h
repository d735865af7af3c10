#ifndef APUS_CSOCKETS
#define APUS_CSOCKETS

// What glibc declares under _GNU_SOURCE alone, or beside it, and Swift's module Glibc therefore leaves
// out. No header is included, as Swift would take the types in it for this module's rather than Glibc's.
extern int accept4(int listener, void *address, void *length, int flags);
extern int signalfd(int descriptor, const void *signals, int flags);

// Of <sys/epoll.h>: its struct epoll_event, which is packed on x86-64 alone.
struct epoll_item {
    unsigned events;
#ifndef __x86_64__
    unsigned gap;
#endif
    int descriptor;
    unsigned rest;
};

static const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
static const unsigned EPOLLIN = 1, EPOLLOUT = 4, EPOLLEXCLUSIVE = 1u << 28;

extern int epoll_create1(int flags);
extern int epoll_ctl(int waiting, int operation, int descriptor, void *item);
extern int epoll_wait(int waiting, void *items, int count, int milliseconds);

#endif
