#ifndef APUS_CCHECKSUM
#define APUS_CCHECKSUM

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A step of a cyclic redundancy check of up to 64 bits in its reflected form, eight bytes at a time
// ("slicing by 8"): tables[k][b] is what byte b gives when k more bytes follow it. It is in C
// because the loop runs over every byte that is stored, and Swift's debug builds, which the runner
// usually is, would take a hundred times as long.
static inline uint64_t crc_step(const uint64_t *tables, uint64_t crc, const void *start, size_t count) {
    const uint8_t *bytes = start;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        word ^= crc;
        crc = tables[7 * 256 + (word & 255)] ^ tables[6 * 256 + (word >> 8 & 255)]
            ^ tables[5 * 256 + (word >> 16 & 255)] ^ tables[4 * 256 + (word >> 24 & 255)]
            ^ tables[3 * 256 + (word >> 32 & 255)] ^ tables[2 * 256 + (word >> 40 & 255)]
            ^ tables[1 * 256 + (word >> 48 & 255)] ^ tables[word >> 56];
        bytes += 8;
        count -= 8;
    }
    while (count-- > 0) crc = tables[(crc ^ *bytes++) & 255] ^ crc >> 8;
    return crc;
}

#endif
