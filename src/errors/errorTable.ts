import type { AttemptTimeoutError } from './attemptTimeoutError.ts';
import type { ClientVersionError } from './clientVersionError.ts';
import type { ConfigurationError } from './configurationError.ts';
import type { InferenceFailedError } from './inferenceFailedError.ts';
import type { NoResultError } from './noResultError.ts';
import type { PollDeadlineError } from './pollDeadlineError.ts';
import type { RecordInvalidError } from './recordInvalidError.ts';
import type { ServiceError } from './serviceError.ts';
import type { SourceError } from './sourceError.ts';
import type { StageError } from './stageError.ts';
import type { TileDeadlineError } from './tileDeadlineError.ts';
import type { WriteError } from './writeError.ts';

/** Every error that swath raises; a new class is added here, and its codes below, or nothing compiles. */
type AnyError =
  | AttemptTimeoutError
  | ClientVersionError
  | ConfigurationError
  | InferenceFailedError
  | NoResultError
  | PollDeadlineError
  | RecordInvalidError
  | ServiceError
  | SourceError
  | StageError
  | TileDeadlineError
  | WriteError;

/** Stable name of an error: label of metrics, header of dead letters, anchor in the documentation. */
export type ErrorCode = AnyError['code'];

/** What somebody who meets an error wants to know. */
export interface ErrorAdvice {
  readonly meaning: string;
  /** Whether the same tile may succeed if tried again. */
  readonly retryable: boolean;
  /** Exit status of the command when this error ends it. */
  readonly exitStatus: 1 | 2;
  readonly whatToDo: string;
}

type ErrorTable = { readonly [E in AnyError as E['code']]: ErrorAdvice & { readonly retryable: E['retryable'] } };

/** All codes, in the order of a tile's way through a pipeline. `docs/errors.md` is generated from it. */
export const errorTable = {
  CONFIGURATION: {
    meaning: 'A command line, configuration or pipeline file cannot be used; nothing was started.',
    retryable: false,
    exitStatus: 2,
    whatToDo: 'The message lists every option with its rule. `swath run --check` looks without starting.',
  },
  CLIENT_VERSION: {
    meaning: 'The Kafka client that is installed is not the version that swath mends from inside; nothing was started.',
    retryable: false,
    exitStatus: 2,
    whatToDo:
      'Remove what puts another version in its place (`overrides`, `resolutions`, a bundler’s alias) and install anew; `npm ls kafkajs` shows who asks for which.',
  },
  TOPIC_MISSING: {
    meaning: 'A Kafka topic does not exist.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Create the topic the message names, or correct `source.topic`, `sink.topic` or `deadLetter.topic`.',
  },
  STREAM_MISSING: {
    meaning: 'A Kinesis stream or its lease table does not exist.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Create what the message names in this account and region, or correct its name.',
  },
  AUTHORIZATION: {
    meaning: 'A broker or stream refuses the credentials, or what they may do.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Check username, password and mechanism, then grant the permission that the message names.',
  },
  CONNECTION: {
    meaning: 'A broker or stream cannot be reached.',
    retryable: true,
    exitStatus: 1,
    whatToDo: 'Check host, port, TLS and firewall; start again, nothing is lost.',
  },
  SOURCE_FAILED: {
    meaning: 'A source cannot go on for another reason, which the message gives.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Read the message and its cause; start again, nothing is lost.',
  },
  RECORD_EMPTY: {
    meaning: 'A record has no value, or an event no data.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Look at the producer; a compacted topic holds empty values as deletions and is no source of tiles.',
  },
  RECORD_INVALID: {
    meaning: 'A record is not a tile: one field breaks one rule.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'The message names field, rule and value. Correct the producer, then play the dead letters back.',
  },
  RECORD_TOO_LARGE: {
    meaning: 'The value of a record is larger than `maxRecordBytes`.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Put the payload into a bucket and send its URI, cut smaller tiles, or raise the limit.',
  },
  IMAGE_TOO_LARGE: {
    meaning: 'The header of an image claims more pixels than `maxImageDimension` or `maxImagePixels` allow.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Cut smaller tiles, or raise the limits if the model can take them.',
  },
  URI_NOT_ALLOWED: {
    meaning: 'A record points at something else than an object in an allowed bucket.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Use `s3://bucket/key`, and add the bucket to `endpoint.allowedBuckets` if its objects may be read.',
  },
  PAYLOAD_MISSING: {
    meaning: 'A record points at an object that does not exist.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Write the object before its record, and keep it until the tile is done; then play the dead letter back.',
  },
  SERVICE_THROTTLED: {
    meaning: 'A service asked for fewer calls.',
    retryable: true,
    exitStatus: 1,
    whatToDo:
      'It is tried again, more slowly; of upload and inference until the tile’s `deadlineMs` is over. If it stays, raise the quota or lower `concurrency`.',
  },
  SERVICE_UNAVAILABLE: {
    meaning: 'A service could not be reached, or failed on its side.',
    retryable: true,
    exitStatus: 1,
    whatToDo:
      'It is tried again; of upload and inference until the tile’s `deadlineMs` is over. If it stays, look at the health of the service and at the network.',
  },
  SERVICE_REFUSED: {
    meaning: 'A service refused a call for good.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Look up the service’s own code in the message; names of endpoints and buckets are the usual reason.',
  },
  ACCESS_DENIED: {
    meaning: 'A permission is missing.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Grant the permission that the message names to the role that swath runs under.',
  },
  NOT_FOUND: {
    meaning: 'A bucket, endpoint or object that a call needs does not exist.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Check name, account and region.',
  },
  INFERENCE_FAILED: {
    meaning: 'The endpoint wrote a failure object: the model refused the tile, or broke on it.',
    retryable: false,
    exitStatus: 1,
    whatToDo:
      'The message holds the model’s answer. Try the payload alone with `swath detect`, or look at the model’s log.',
  },
  POLL_DEADLINE: {
    meaning: 'No outcome appeared before the deadline; the inference may still be running.',
    retryable: true,
    exitStatus: 1,
    whatToDo: 'Look at the endpoint’s backlog; give it instances, or raise `endpoint.deadlineMs`.',
  },
  ATTEMPT_TIMEOUT: {
    meaning: 'One attempt of a stage took longer than its `timeoutMs` and was cancelled.',
    retryable: true,
    exitStatus: 1,
    whatToDo: 'Raise `timeoutMs` if the stage is that slow in good health; else look at what it calls.',
  },
  TILE_DEADLINE: {
    meaning: 'A tile did not get through a stage, retries included, within `deadlineMs`.',
    retryable: true,
    exitStatus: 1,
    whatToDo: 'The cause is the last attempt’s error: that is what to mend; or raise `deadlineMs`.',
  },
  STAGE_FAILED: {
    meaning: 'A function given to a stage threw; the cause is what it threw.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Mend the function. If the failure passes by itself, throw a `SwathError` that is retryable.',
  },
  NO_RESULT: {
    meaning: 'A function given to a stage ended without a result.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Emit one value for each tile; to drop tiles, use `filterTile`.',
  },
  RECORD_TOO_LARGE_TO_WRITE: {
    meaning: 'The output takes no record of that size.',
    retryable: false,
    exitStatus: 1,
    whatToDo:
      'Raise the broker’s limit (`max.message.bytes`; that of a dead-letter topic lies above that of the input), or write results to a bucket and send their URIs.',
  },
  RECORD_REFUSED: {
    meaning: 'The output refuses the record itself, whatever its size.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'The message holds the broker’s reason; a compacted topic, for example, takes no record without a key.',
  },
  WRITE_FAILED: {
    meaning: 'A record could not be written to an output.',
    retryable: true,
    exitStatus: 1,
    whatToDo: 'It is tried again. If it stays, look at the broker; nothing is acknowledged before it is written.',
  },
  WRITE_ABANDONED: {
    meaning:
      'A record was not written in its transaction, because its tile failed elsewhere or its partition went to another member.',
    retryable: false,
    exitStatus: 1,
    whatToDo: 'Nothing: the tile ends where its other failure took it, or comes again to the partition’s new owner.',
  },
} as const satisfies ErrorTable;
