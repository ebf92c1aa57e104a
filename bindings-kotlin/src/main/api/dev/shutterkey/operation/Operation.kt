package dev.shutterkey.operation

import dev.shutterkey.call
import dev.shutterkey.core.DoneParts
import dev.shutterkey.core.NativeOperation
import dev.shutterkey.now
import kotlin.time.Instant

/**
 * A sequence in progress that gives a `T`, without I/O: it has no socket, no store, no clock and no randomness. It asks for each by a
 * [Step] and goes on with the [Answer]. **Every step is answered exactly once, in order.** What fails goes into the operation as an
 * answer, so that a failure has one meaning everywhere. One that threw, or that gave [Step.Done], is finished.
 *
 * [close] frees what it holds at once; otherwise that happens when nobody has it any more.
 */
public class Operation<out T> internal constructor(
    private val held: NativeOperation,
    private val convert: (DoneParts) -> T,
) : AutoCloseable {
    /** The first step. @throws dev.shutterkey.ShutterkeyException where the operation fails */
    public fun begin(now: Instant = now()): Step<T> = call { stepOf(held.begin(now.epochSeconds), convert) }

    /** The next step, given the answer to the last one. @throws dev.shutterkey.ShutterkeyException where the operation fails */
    public fun step(answer: Answer, now: Instant = now()): Step<T> =
        call { stepOf(held.step(answer.parts(), now.epochSeconds), convert) }

    override fun close(): Unit = held.close()

    override fun toString(): String = "Operation"
}
