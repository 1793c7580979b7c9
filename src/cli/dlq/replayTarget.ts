import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { KafkaOptions } from '../../config/kafkaOptions.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { SwathError } from '../../errors/swathError.ts';
import { toSwathError } from '../../errors/toSwathError.ts';
import type { OutRecord, RecordWriter } from '../../ports/recordWriter.ts';
import { DEAD_PREFIX } from '../../records/deadLetter.ts';
import { findHeader } from '../../records/findHeader.ts';
import { toHeaders } from '../../records/toHeaders.ts';
import { carrierFrom } from '../../telemetry/carrierFrom.ts';
import { contextFrom } from '../../telemetry/contextFrom.ts';
import { endStageSpan } from '../../telemetry/endStageSpan.ts';
import { startSendSpan } from '../../telemetry/startSendSpan.ts';
import type { TraceCarrier } from '../../tile/traceCarrier.ts';
import { openTarget } from '../publish/openTarget.ts';
import { type Address, readAddress } from '../publish/readAddress.ts';
import type { FoundLetter } from './foundLetter.ts';
import { REPLAYS_HEADER } from './replayHeader.ts';
import { isClosed, outcomeOf, type SendOutcome } from './sendOutcome.ts';

/** Where dead letters are sent back to. */
export interface ReplayTarget {
  /** Answers what the log said to it, and warns where it did not take it. @throws Where the log did not answer. */
  send(found: FoundLetter): Promise<SendOutcome>;
  close(): Promise<void>;
}

/**
 * Opens what dead letters are sent to: one topic or stream, or each one's own origin on the same brokers or in the same region.
 *
 * @param to.connection - How to reach its brokers, where they are others.
 * @throws ConfigurationError when the address cannot be used.
 */
export function replayTarget(
  from: Address,
  { to, connection }: { readonly to: string | undefined; readonly connection: KafkaOptions },
  warn: (message: string) => void,
): ReplayTarget {
  const fixed = to === undefined ? undefined : readAddress(to, '--to', connection);
  if (from.kind === 'kafka' && fixed?.kind === 'kinesis') {
    const rule = 'must be a topic: Kinesis has no headers, so that key and value alone would arrive';
    throw new ConfigurationError([{ field: '--to', rule, value: to }]);
  }
  const writers = new Map<string, RecordWriter>();
  if (fixed !== undefined) writers.set('', openTarget(fixed));
  const writerFor = (stream: string): RecordWriter => {
    const name = fixed === undefined ? stream : '';
    const writer = writers.get(name) ?? openTarget({ ...from, stream }, 'origin');
    writers.set(name, writer);
    return writer;
  };
  /** Origins that take nothing: each is asked once, not once for each of its letters. */
  const closed = new Map<string, SwathError>();
  return {
    async send(found) {
      const { id, partition, positions, letter } = found;
      const { stream } = letter.origin;
      try {
        const known = closed.get(stream);
        if (known !== undefined) throw known;
        await sendTo(writerFor(stream), found);
        return 'sent';
      } catch (error) {
        const reason = toSwathError(error);
        const outcome = outcomeOf(reason, fixed === undefined);
        if (outcome === undefined) throw error;
        if (isClosed(reason)) closed.set(stream, reason);
        const place = `${partition}/${positions[0]}`;
        warn(`${id} (dead letter ${place}) cannot be sent to ${to ?? (stream || 'its origin')}: ${reason.message}`);
        return outcome;
      }
    },
    close: async () => void (await Promise.all([...writers.values()].map((writer) => writer.close()))),
  };
}

async function sendTo(writer: RecordWriter, found: FoundLetter): Promise<void> {
  const linked = found.carrier && trace.getSpanContext(contextFrom(found.carrier));
  const context = startSendSpan(writer, ROOT_CONTEXT, linked && [{ context: linked }]);
  try {
    await writer.write(toRecord(found, carrierFrom(context)));
    endStageSpan(context);
  } catch (error) {
    endStageSpan(context, error);
    throw error;
  }
}

/** The record as it was, with the count of its replays and of the attempts so far; its own trace goes on, or one begins. */
function toRecord({ letter, replays }: FoundLetter, carrier: TraceCarrier | undefined): OutRecord {
  const { key, value, headers } = letter.original;
  const counts = toHeaders({
    ...(findHeader(headers, 'traceparent') === undefined && { ...carrier }),
    [REPLAYS_HEADER]: String(replays + 1),
    [`${DEAD_PREFIX}attempts`]: String(letter.attempts),
  });
  return { key, value, headers: [...headers.filter(([name]) => name.toLowerCase() !== REPLAYS_HEADER), ...counts] };
}
