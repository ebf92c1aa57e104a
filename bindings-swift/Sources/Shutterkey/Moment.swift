import Foundation

/// Moments cross as whole seconds since 1970 in UTC; what is beyond them is the last one.
extension Date {
    init(moment: Int64) {
        self.init(timeIntervalSince1970: TimeInterval(moment))
    }

    var moment: Int64 {
        Int64(exactly: timeIntervalSince1970.rounded(.down)) ?? (timeIntervalSince1970 < 0 ? .min : .max)
    }
}
