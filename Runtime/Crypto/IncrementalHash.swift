import COpenSSL

/// A hash of what comes piece by piece, such as a body that is never in memory as a whole.
public final class IncrementalHash {
    private let context: OpaquePointer
    private let length: Int

    public init(_ hash: Hash) {
        guard let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex(context, hash.algorithm, nil) == 1
        else { preconditionFailure("\(CryptoError.last("EVP_DigestInit_ex"))") }
        self.context = context
        length = hash.length
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            preconditionFailure("\(CryptoError.last("EVP_DigestUpdate"))")
        }
    }

    /// The digest of all bytes; nothing can follow.
    public func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            guard EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1 else {
                preconditionFailure("\(CryptoError.last("EVP_DigestFinal_ex"))")
            }
            count = length
        }
    }
}
