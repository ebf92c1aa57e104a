package dev.shutterkey

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.async

/** What is under way, by what it is about: callers who want the same at once share one piece of work. */
internal class Flights<K : Any, T>(private val scope: CoroutineScope) {
    private val underWay = HashMap<K, Deferred<T>>()

    /** Joins what is under way under [other] or [key], or starts it under [key]: at once, and not when it is awaited. */
    fun joinOrStart(key: K, other: K = key, work: suspend () -> T): Deferred<T> =
        synchronized(underWay) {
            flying(other) ?: flying(key) ?: start(key, work)
        }

    private fun flying(key: K): Deferred<T>? = underWay[key]?.takeUnless(Deferred<T>::isCompleted)

    private fun start(key: K, work: suspend () -> T): Deferred<T> {
        val flight = scope.async(start = CoroutineStart.LAZY) {
            try {
                work()
            } finally {
                // Before its result is given out: whoever comes after that gets a new one.
                synchronized(underWay) { underWay.remove(key) }
            }
        }
        underWay[key] = flight
        flight.start()
        return flight
    }
}
