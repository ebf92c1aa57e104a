/// A value that holds a secret: whatever prints it, `print`, `dump`, string interpolation or a debugger, sees ``description`` and
/// nothing else.
protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children: `dump` reads mirrors.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
