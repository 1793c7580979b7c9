/** A program that Kafka needs is not on this machine; the message says what to install and what to do instead. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';

  constructor(missing: readonly string[]) {
    super(
      `A local Apache Kafka needs ${missing.join(' and ')}. ` +
        'Install what is missing (on Debian: apt-get install default-jre-headless maven), ' +
        'or run Kafka in a container: docker compose up kafka',
    );
  }
}
