import CChecksum

/// A cyclic redundancy check in its reflected form, started with ones and inverted at the end, as
/// all that S3 knows are.
struct CRC: Sendable {
    static let crc32 = CRC(width: 32, polynomial: 0xEDB8_8320)
    static let crc32c = CRC(width: 32, polynomial: 0x82F6_3B78)
    static let crc64nvme = CRC(width: 64, polynomial: 0x9A6C_9329_AC4B_C9B5)

    let width: Int
    private let polynomial: UInt64
    private let ones: UInt64
    /// For `crc_step`, eight tables of 256.
    private let tables: [UInt64]

    private init(width: Int, polynomial: UInt64) {
        self.width = width
        self.polynomial = polynomial
        ones = UInt64.max >> UInt64(64 - width)
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt64(byte)) { crc, _ in
                crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1
            }
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 255)] ^ before >> 8)
        }
        self.tables = tables
    }

    /// The check of what came before followed by these bytes; that of nothing is 0.
    func update(_ crc: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        tables.withUnsafeBufferPointer { tables in
            crc_step(tables.baseAddress, crc ^ ones, bytes.baseAddress, bytes.count) ^ ones
        }
    }

    /// The check of two texts in a row, of which the second has this many bytes.
    func combine(_ first: UInt64, _ second: UInt64, length: Int) -> UInt64 {
        // Each further byte multiplies the first one's remainder by x^8.
        multiply(power(of: 8 * UInt64(length)), first) ^ second
    }

    /// The product of two polynomials modulo the check's own.
    private func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var mask = UInt64(1) << UInt64(width - 1)
        var (product, right) = (UInt64(0), right)
        while mask != 0 {
            if left & mask != 0 { product ^= right }
            mask >>= 1
            right = right & 1 == 1 ? right >> 1 ^ polynomial : right >> 1
        }
        return product
    }

    /// x to a power, modulo the check's polynomial.
    private func power(of exponent: UInt64) -> UInt64 {
        var result = UInt64(1) << UInt64(width - 1)
        var square = result >> 1
        var exponent = exponent
        while exponent > 0 {
            if exponent & 1 == 1 { result = multiply(square, result) }
            square = multiply(square, square)
            exponent >>= 1
        }
        return result
    }
}
