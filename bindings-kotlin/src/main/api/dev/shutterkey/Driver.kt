package dev.shutterkey

import dev.shutterkey.operation.Answer
import dev.shutterkey.operation.Operation
import dev.shutterkey.operation.Step
import dev.shutterkey.protocol.HttpRequest
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlin.time.Clock

/**
 * Drives an operation to its end and frees it. Run it in a scope that nobody cancels: cancelled in the middle of a step, it loses what
 * was received.
 */
internal suspend fun <T> drive(operation: Operation<T>, transport: Transport, store: TokenStore?, clock: Clock): T =
    operation.use {
        var step = operation.begin(clock.now())
        while (true) {
            val answer = when (step) {
                is Step.Done -> return step.value
                is Step.Send -> send(step.request, transport)
                is Step.Wait -> {
                    delay(step.duration)
                    Answer.Waited
                }
                else -> if (store == null) throw misuse("This needs a store, and there is none.") else ask(store, step, clock)
            }
            step = operation.step(answer, clock.now())
        }
        @Suppress("UNREACHABLE_CODE")
        error("an operation ends")
    }

private suspend fun send(request: HttpRequest, transport: Transport): Answer =
    try {
        Answer.Response(transport.send(request))
    } catch (failure: SendException) {
        Answer.SendFailed(failure.failure)
    } catch (_: Exception) {
        currentCoroutineContext().ensureActive()
        // What anything else means is not known, so the request may have been sent.
        Answer.SendFailed(SendFailure.RESET)
    }

private suspend fun ask(store: TokenStore, step: Step<*>, clock: Clock): Answer =
    try {
        val now = clock.now()
        when (step) {
            is Step.Load -> store.load(step.key, now)?.let { Answer.Loaded(it.record.bytes, it.version) } ?: Answer.NotThere
            is Step.Lease -> store.lease(step.key, step.ttl, now)?.let { Answer.Leased(it) } ?: Answer.LeaseHeld
            is Step.Save ->
                store.save(step.key, step.record, step.expected, step.fence, now)?.let { Answer.Saved(it) } ?: Answer.Conflict
            is Step.Release -> {
                store.release(step.key, step.fence)
                Answer.Released
            }
            is Step.Delete -> if (store.delete(step.key, step.expected)) Answer.Deleted else Answer.Conflict
            is Step.Send, is Step.Wait, is Step.Done -> error("not a store's")
        }
    } catch (failure: ShutterkeyException.Store) {
        Answer.StoreFailed(failure.code)
    } catch (_: Exception) {
        currentCoroutineContext().ensureActive()
        Answer.StoreFailed()
    }
