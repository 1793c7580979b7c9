import { constantModel } from '../../src/local/sagemaker/constantModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';

// The other process of `bench http`: S3 and an endpoint that takes as long as its argument says, until its standard input ends.
const serviceMs = Number(process.argv[2] ?? 1_000);
const services = await startLocalServices({
  services: ['s3', 'sagemaker'],
  buckets: ['bench-in', 'bench-out'],
  endpoints: [
    {
      name: 'bench',
      model: constantModel({ serviceMs, answer: 'x'.repeat(2_000) }),
      outputPath: 's3://bench-out/async-inference/output/',
      instances: 1,
      concurrencyPerInstance: 10_000,
    },
  ],
});
process.stdout.write(`${JSON.stringify(services.endpoints)}\n`);
process.stdin.resume();
process.stdin.on('end', () => void services.close().then(() => process.exit(0)));
