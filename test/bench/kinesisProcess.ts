import { startLocalServices } from '../../src/local/startLocalServices.ts';

// Kinesis and DynamoDB in a process of their own, so that what they cost is not taken for the cost of who calls them.
const services = await startLocalServices({ services: ['kinesis', 'dynamodb'] });
process.stdout.write(`${JSON.stringify(services.endpoints)}\n`);
process.stdin.on('end', () => void services.close()).resume();
