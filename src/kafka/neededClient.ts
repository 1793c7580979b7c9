/** The Kafka client that swath mends from inside, which package.json pins. */
export const neededClient = { name: 'kafkajs', version: '2.2.4' } as const;
