import { S3Client } from '@aws-sdk/client-s3';
import { missingRegion } from './missingRegion.ts';

const told = new Set<string | undefined>();

/** The regions of the clients that this process has made. */
export const clientRegions = {
  /** Notes the region that a client was told; `undefined` where it asks the SDK's own settings. */
  add(region: string | undefined): void {
    told.add(region);
  },

  /**
   * Finds each region as a client does at its first call, without calling anybody.
   *
   * @throws ConfigurationError where there is none.
   */
  async check(): Promise<void> {
    for (const region of told) {
      const client = new S3Client(region === undefined ? {} : { region });
      try {
        await client.config.region();
      } catch (error) {
        throw missingRegion(error) ?? error;
      } finally {
        client.destroy();
      }
    }
  },
};
