import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * An application of the real Kinesis Client Library, for tests. It takes its settings as name=value, checkpoints after every record, says on
 * standard output what it does, one event a line, and shuts down in order when standard input ends. With limit=N it handles N records and
 * leaves the others alone.
 */
public final class KclApp {
  private static final InitialPositionInStreamExtended START =
      InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);

  public static void main(String[] args) throws Exception {
    Map<String, String> settings =
        Arrays.stream(args).map(arg -> arg.split("=", 2)).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    Scheduler scheduler = scheduler(settings);
    Thread running = new Thread(scheduler, "scheduler");
    running.start();
    say("started");
    while (System.in.read() >= 0) continue;
    scheduler.startGracefulShutdown().get();
    running.join();
    say("stopped");
    System.exit(0); // the library leaves threads behind
  }

  private static Scheduler scheduler(Map<String, String> settings) throws Exception {
    KinesisAsyncClient kinesis = client(KinesisAsyncClient.builder(), settings.get("kinesis"));
    long failoverMs = Long.parseLong(settings.get("failoverMs"));
    AtomicInteger left = new AtomicInteger(Integer.parseInt(settings.getOrDefault("limit", "2147483647")));
    ConfigsBuilder configs = new ConfigsBuilder(
        new SingleStreamTracker(StreamIdentifier.singleStreamInstance(settings.get("stream")), START),
        settings.get("table"),
        kinesis,
        client(DynamoDbAsyncClient.builder(), settings.get("dynamodb")),
        client(CloudWatchAsyncClient.builder(), settings.get("dynamodb")), // never called: there are no metrics
        settings.get("worker"),
        () -> new Processor(left));
    CoordinatorConfig coordinator = configs.coordinatorConfig().parentShardPollIntervalMillis(500);
    if (settings.containsKey("mode")) setMode(coordinator, settings.get("mode"));
    return new Scheduler(
        configs.checkpointConfig(),
        coordinator,
        configs.leaseManagementConfig().failoverTimeMillis(failoverMs).shardSyncIntervalMillis(2_000),
        configs.lifecycleConfig(),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(),
        configs.retrievalConfig().retrievalSpecificConfig(
            new PollingConfig(settings.get("stream"), kinesis).idleTimeBetweenReadsInMillis(300)));
  }

  /** The modes are new in 3.x, and this file compiles against 2.x, too. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void setMode(CoordinatorConfig coordinator, String name) throws ReflectiveOperationException {
    Class mode = Class.forName(CoordinatorConfig.class.getName() + "$ClientVersionConfig");
    CoordinatorConfig.class
        .getMethod("clientVersionConfig", mode)
        .invoke(coordinator, Enum.valueOf(mode, "CLIENT_VERSION_CONFIG_" + name));
  }

  /** Over HTTP/1.1: the stand-ins do not speak HTTP/2 without TLS. */
  private static <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C client(B builder, String endpoint) {
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
        .build();
  }

  private static synchronized void say(Object... words) {
    System.out.println(Arrays.stream(words).map(String::valueOf).collect(Collectors.joining(" ")));
    System.out.flush();
  }

  private static final class Processor implements ShardRecordProcessor {
    private final AtomicInteger left;
    private String shard;

    Processor(AtomicInteger left) {
      this.left = left;
    }

    @Override
    public void initialize(InitializationInput input) {
      shard = input.shardId();
      say("assigned", shard, input.extendedSequenceNumber().sequenceNumber());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
      for (KinesisClientRecord record : input.records()) {
        if (left.getAndDecrement() <= 0) return;
        say("record", shard, StandardCharsets.UTF_8.decode(record.data()));
        try {
          input.checkpointer().checkpoint(record.sequenceNumber(), record.subSequenceNumber());
        } catch (Exception error) {
          say("unkept", shard, error); // the lease went to another worker
          return;
        }
      }
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
      say("lost", shard);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
      try {
        input.checkpointer().checkpoint();
        say("ended", shard);
      } catch (Exception error) {
        say("unkept", shard, error);
      }
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      say("leaving", shard);
    }
  }
}
