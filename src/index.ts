// The whole public API of `swath`. What is not named here may change without notice.

// Adapters
export { awsCalls } from './aws/awsCalls.ts';
export type { AwsOptions } from './aws/awsOptions.ts';
export { CallCounter } from './aws/callCounter.ts';
export { type KinesisReaderParts, kinesisReader } from './aws/kinesisReader.ts';
export { type KinesisWriterParts, kinesisWriter } from './aws/kinesisWriter.ts';
export { type S3ObjectStoreOptions, s3ObjectStore } from './aws/s3ObjectStore.ts';
export { type SagemakerParts, sagemakerEndpoint } from './aws/sagemakerEndpoint.ts';
// Options: schemas to build a pipeline's configuration from
export { type AsyncEndpointOptions, asyncEndpointOptions } from './config/asyncEndpointOptions.ts';
export { type BackoffOptions, backoffOptions } from './config/backoffOptions.ts';
export { type DecodeOptions, decodeOptions } from './config/decodeOptions.ts';
export { type DeliveryOptions, deliveryOptions } from './config/deliveryOptions.ts';
export { type FileSinkOptions, fileSinkOptions } from './config/fileSinkOptions.ts';
export { type FolderSourceOptions, folderSourceOptions } from './config/folderSourceOptions.ts';
export { type KafkaOptions, kafkaOptions } from './config/kafkaOptions.ts';
export { type KafkaOutputOptions, kafkaOutputOptions } from './config/kafkaOutputOptions.ts';
export { type KafkaReaderOptions, kafkaReaderOptions } from './config/kafkaReaderOptions.ts';
export { type KafkaSinkOptions, kafkaSinkOptions } from './config/kafkaSinkOptions.ts';
export { type KafkaSourceOptions, kafkaSourceOptions } from './config/kafkaSourceOptions.ts';
export { type KafkaTransactionOptions, kafkaTransactionOptions } from './config/kafkaTransactionOptions.ts';
export { type KafkaWriterOptions, kafkaWriterOptions } from './config/kafkaWriterOptions.ts';
export { type KinesisOptions, kinesisOptions } from './config/kinesisOptions.ts';
export { type KinesisReaderOptions, kinesisReaderOptions } from './config/kinesisReaderOptions.ts';
export { type KinesisSinkOptions, kinesisSinkOptions } from './config/kinesisSinkOptions.ts';
export { type KinesisSourceOptions, kinesisSourceOptions } from './config/kinesisSourceOptions.ts';
export { type KinesisWriterOptions, kinesisWriterOptions } from './config/kinesisWriterOptions.ts';
export { type ConfigInput, loadConfig } from './config/loadConfig.ts';
export { type PipelineOptions, pipelineOptions } from './config/pipelineOptions.ts';
export { type PollOptions, pollOptions } from './config/pollOptions.ts';
export { type RedeliveryOptions, redeliveryOptions } from './config/redeliveryOptions.ts';
export { type PlaceOption, separateOutputs } from './config/separateOutputs.ts';
// Errors
export { AttemptTimeoutError } from './errors/attemptTimeoutError.ts';
export { ClientVersionError } from './errors/clientVersionError.ts';
export { ConfigurationError, type ConfigurationProblem } from './errors/configurationError.ts';
export { type ErrorAdvice, type ErrorCode, errorTable } from './errors/errorTable.ts';
export { InferenceFailedError } from './errors/inferenceFailedError.ts';
export { NoResultError } from './errors/noResultError.ts';
export { PollDeadlineError } from './errors/pollDeadlineError.ts';
export { RecordInvalidError } from './errors/recordInvalidError.ts';
export { ServiceError, type ServiceErrorFacts } from './errors/serviceError.ts';
export { SourceError } from './errors/sourceError.ts';
export { StageError } from './errors/stageError.ts';
export { SwathError } from './errors/swathError.ts';
export { TileDeadlineError } from './errors/tileDeadlineError.ts';
export { WriteError } from './errors/writeError.ts';
// Detections as GeoJSON
export type { DetectionFeature, DetectionGeometry, DetectionProperties } from './imagery/detectionFeature.ts';
export { mergeDetections } from './imagery/mergeDetections.ts';
export { type TilePlace, type ToFeaturesOptions, toFeatures } from './imagery/toFeatures.ts';
export { kafkaReader } from './kafka/kafkaReader.ts';
export { kafkaWriter } from './kafka/kafkaWriter.ts';
export {
  type KafkaTransactions,
  type KafkaTransactionsOptions,
  kafkaTransactions,
} from './kafka/transactions/kafkaTransactions.ts';
// When to look for results, and how long to wait between attempts
export { type AdaptedScheduleOptions, adaptedSchedule } from './operators/adaptedSchedule.ts';
// Operators
export { type AwaitOptions, awaitResult, type InferredTile } from './operators/awaitResult.ts';
export { backoff } from './operators/backoff.ts';
export { backoffSchedule } from './operators/backoffSchedule.ts';
export { type BatchOptions, batchTiles, type TileBatch } from './operators/batchTiles.ts';
export { completionSchedule } from './operators/completionSchedule.ts';
export { type FilterOptions, filterTile } from './operators/filterTile.ts';
export { type InferOptions, inferAsync } from './operators/inferAsync.ts';
export { InferenceResult } from './operators/inferenceResult.ts';
export { type InvokeOptions, invokeAsync } from './operators/invokeAsync.ts';
export type { InvokedTile } from './operators/invokedTile.ts';
export { mapTile } from './operators/mapTile.ts';
export type { PollPlan, PollSchedule } from './operators/pollSchedule.ts';
export { type PollUntilOptions, pollUntil } from './operators/pollUntil.ts';
export { splitTile } from './operators/splitTile.ts';
export type { RetryOptions, StageInfo, StageOptions, StageWork } from './operators/stage.ts';
export { type UploadableTile, type UploadedTile, type UploadOptions, uploadTile } from './operators/uploadTile.ts';
// Pipelines
export {
  type BuildContext,
  definePipeline,
  type Pipeline,
  type PipelineDefinition,
} from './pipeline/definePipeline.ts';
export { type ExitReason, type RunOptions, type RunReport, runPipeline } from './pipeline/runPipeline.ts';
// Ports: what own adapters implement
export type { AsyncEndpoint, Invocation, InvocationRequest } from './ports/asyncEndpoint.ts';
export type { Lease, LeaseMark, LeaseProgress, LeaseStore, NewLease } from './ports/leaseStore.ts';
export type { CallOptions, ObjectFacts, ObjectStore, StoredObject } from './ports/objectStore.ts';
export type {
  Assignment,
  Commit,
  ReaderEvents,
  ReadRecord,
  RecordBatch,
  RecordReader,
  StoredProgress,
} from './ports/recordReader.ts';
export type { OutRecord, RecordWriter } from './ports/recordWriter.ts';
// Tiles, and the records that carry them
export { type DeadLetterOptions, type DeadTile, encodeDeadLetter } from './records/encodeDeadLetter.ts';
export { encodeResult, type TileResult } from './records/encodeResult.ts';
export type { EventMode } from './records/eventMode.ts';
export { type RecordDecoder, recordDecoder } from './records/recordDecoder.ts';
// What becomes of failed tiles
export { fileDeadLetter } from './sinks/fileDeadLetter.ts';
export { kafkaDeadLetter } from './sinks/kafkaDeadLetter.ts';
export { kinesisDeadLetter } from './sinks/kinesisDeadLetter.ts';
export { toDeadLetter } from './sinks/toDeadLetter.ts';
// Sinks
export { type LineOptions, toFile } from './sinks/toFile.ts';
export { type ToKafkaOptions, toKafka } from './sinks/toKafka.ts';
export { type ToKinesisOptions, toKinesis } from './sinks/toKinesis.ts';
export type { ResultFacts, ResultOptions } from './sinks/toResults.ts';
export { toWriter, type WriterSinkOptions } from './sinks/toWriter.ts';
// Sources
export { type FolderTile, type FromFolderOptions, fromFolder } from './sources/fromFolder.ts';
export { type FromKafkaOptions, fromKafka } from './sources/fromKafka.ts';
export { type FromKinesisOptions, fromKinesis } from './sources/fromKinesis.ts';
export { fromReader } from './sources/fromReader.ts';
export { halt } from './sources/halt.ts';
export type { FailedTile, NackPolicy, NackVerdict } from './sources/nackPolicy.ts';
export type { DeliveryOrder, ReaderSourceOptions } from './sources/readerSourceOptions.ts';
export { type RedeliverOptions, redeliver } from './sources/redeliver.ts';
export { carrierFrom } from './telemetry/carrierFrom.ts';
export { contextFrom } from './telemetry/contextFrom.ts';
export type { RunProgress } from './telemetry/runProgress.ts';
export type { Delivery } from './tile/delivery.ts';
export { Envelope } from './tile/envelope.ts';
export type { JobTrail } from './tile/jobTrail.ts';
export type { Origin } from './tile/origin.ts';
export type { StreamRecord } from './tile/streamRecord.ts';
export type { InlinePayload, PayloadReference, Tile, TileEvent } from './tile/tile.ts';
export type { TraceCarrier } from './tile/traceCarrier.ts';
