/** Most records of one request: the client sorts a batch in quadratic time. */
export const maxBatchRecords = 1000;
