/** A rule of the delivery kernel, broken on purpose. */
export interface Mutant {
  /** The rule that no longer holds. */
  readonly breaks: string;
  readonly file: string;
  /** Text that stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Every one must be caught by a test; see mutants.test.ts. */
export const mutants: readonly Mutant[] = [
  {
    breaks: 'the prefix ends before the oldest record in flight',
    file: 'src/tile/commitWindow.ts',
    find: 'slot < this.#top && this.#stateAt(slot) !== inFlight',
    replace: 'slot < this.#top',
  },
  {
    breaks: 'records read before are not delivered again',
    file: 'src/tile/commitWindow.ts',
    find: 'if (this.#next !== undefined && slot < this.#next) return false;',
    replace: '',
  },
  {
    breaks: 'a window is never longer than a map can hold',
    file: 'src/tile/commitWindow.ts',
    find: 'return this.#inFlight === 0 || slot < (this.#next ?? slot) + spanCap;',
    replace: 'return slot >= 0;',
  },
  {
    breaks: 'finished records above the prefix travel with the commit',
    file: 'src/tile/commitWindow.ts',
    find: 'finished.push(slot - nextSlot)',
    replace: 'finished.push()',
  },
  {
    breaks: 'the map is restored before a partition’s first record',
    file: 'src/tile/partitionLedger.ts',
    find: 'new CommitWindow(progress?.nextSlot, map?.finished, map?.running)',
    replace: 'new CommitWindow(progress?.nextSlot)',
  },
  {
    breaks: 'jobs that run are restored with the map',
    file: 'src/tile/partitionLedger.ts',
    find: 'new CommitWindow(progress?.nextSlot, map?.finished, map?.running)',
    replace: 'new CommitWindow(progress?.nextSlot, map?.finished)',
  },
  {
    breaks: 'a record whose job runs is not finished',
    file: 'src/tile/commitWindow.ts',
    find: 'if ((state & running) !== 0) jobs.push(slot - nextSlot);\n      else if',
    replace: 'if',
  },
  {
    breaks: 'a finished record is never cut from a map for one whose job runs',
    file: 'src/tile/offsetMap.ts',
    find: 'const room = maxBytes - headBytes - lengthBytes - checkBytes - first.bytes.length;',
    replace: 'const room = maxBytes - headBytes - lengthBytes - checkBytes;',
  },
  {
    breaks: 'a job that was accepted is told by the next commit',
    file: 'src/sources/readerSession.ts',
    find: 'onNoted: () => this.#pacer.request(),',
    replace: '',
  },
  {
    breaks: 'what a crashed process may have delivered is not forgotten by the next one’s drain',
    file: 'src/tile/partitionLedger.ts',
    find: 'clean: clean && left <= 0,\n      ...(clean && left > 0 && { repeatsBelow: left }),',
    replace: 'clean,',
  },
  {
    breaks: 'an accepted job is noted',
    file: 'src/operators/startJob.ts',
    find: '      delivery.jobStarted();\n',
    replace: '',
  },
  {
    breaks: 'a job that runs is waited for, not started again',
    file: 'src/operators/resumeJob.ts',
    find: 'const running = delivery.jobRuns;',
    replace: 'const running = false;',
  },
  {
    breaks: 'a job that is not heard of by the deadline is started anew',
    file: 'src/operators/resumeJob.ts',
    find: 'error instanceof PollDeadlineError ? of(undefined) : throwError(() => error)',
    replace: 'throwError(() => error)',
  },
  {
    breaks: 'the failure of one job is not taken for that of the next',
    file: 'src/operators/resumeJob.ts',
    find: 'earlier !== undefined || delivery.attempt === 1 ||',
    replace: 'delivery.attempt > 0 ||',
  },
  {
    breaks: 'an invocation whose answer was lost is looked for before it is repeated',
    file: 'src/operators/startJob.ts',
    find: 'lostMs ??= wallMs();',
    replace: '',
  },
  {
    breaks: 'a foreign or damaged map is ignored',
    file: 'src/tile/offsetMap.ts',
    find: 'if (bytes.readUInt32BE(framed.length) !== crc32(framed)) return undefined;',
    replace: '',
  },
  {
    breaks: 'a closed assignment commits nothing',
    file: 'src/tile/deliveryLedger.ts',
    find: '    this.#partitions.delete(partition);\n    ledger.close();',
    replace: '',
  },
  {
    breaks: 'batches of an earlier epoch are dropped',
    file: 'src/tile/deliveryLedger.ts',
    find: 'ledger !== undefined && epoch >= ledger.since ? ledger : undefined',
    replace: 'ledger',
  },
  {
    breaks: 'in flight never exceeds the cap in count',
    file: 'src/tile/deliveryLedger.ts',
    find: 'if (this.#inFlight >= this.#options.maxInFlight) return false;',
    replace: 'if (this.#inFlight > this.#options.maxInFlight) return false;',
  },
  {
    breaks: 'in flight never exceeds the cap in bytes',
    file: 'src/tile/deliveryLedger.ts',
    find: 'this.#bytes + bytes <= this.#options.maxInFlightBytes',
    replace: 'this.#bytes <= this.#options.maxInFlightBytes',
  },
  {
    breaks: 'settling twice is settling once',
    file: 'src/tile/trackedDelivery.ts',
    find: "  nack(reason: unknown, stage = 'unnamed'): void {\n    if (this.#settled) return;",
    replace: "  nack(reason: unknown, stage = 'unnamed'): void {",
  },
  {
    breaks: 'credit comes back with revocation',
    file: 'src/tile/deliveryLedger.ts',
    find: "for (const delivery of abandoned) this.#return(delivery, 'abandoned');",
    replace: '',
  },
  {
    breaks: 'a tile is acknowledged after the output confirmed it',
    file: 'src/sinks/writeTask.ts',
    find: '      writeDurably(writer, toRecord(',
    replace: '      this.#envelope.ack();\n      writeDurably(writer, toRecord(',
  },
  {
    breaks: 'a dead letter is written before its position counts',
    file: 'src/sinks/toDeadLetter.ts',
    find: 'await Promise.all(',
    replace: 'void Promise.all(',
  },
  {
    breaks: 'a failed tile counts only after the policy',
    file: 'src/sources/nackDesk.ts',
    find: '    try {\n      const { record } = facts;',
    replace: "    this.#ledger.finish(delivery, 'settled');\n    try {\n      const { record } = facts;",
  },
  {
    breaks: 'the first commit of an assignment comes before its first record',
    file: 'src/sources/recordFeeder.ts',
    find: 'await this.#options.reader.commit([ledger.takeMark(slot)]);',
    replace: 'ledger.takeMark(slot);',
  },
  {
    breaks: 'a commit is clean only when nothing is in flight',
    file: 'src/tile/partitionLedger.ts',
    find: 'const clean = closing && this.window.inFlight === 0;',
    replace: 'const clean = true;',
  },
  {
    breaks: 'an abandoned tile is not worked on',
    file: 'src/operators/stageRun.ts',
    find: "onAbandon(() => this.#end('abandoned'))",
    replace: 'onAbandon(() => undefined)',
  },
  {
    breaks: 'tiles of one key go one at a time',
    file: 'src/sources/orderGate.ts',
    find: '    if (waiting !== undefined) {\n      waiting.push(delivery);\n      return;\n    }',
    replace: '',
  },
  {
    breaks: 'commits run one after another',
    file: 'src/sources/commitPacer.ts',
    find: 'this.#running ??= this.#run();',
    replace: 'this.#running = this.#run();',
  },
  {
    breaks: 'unsubscribing commits nothing of what is in flight',
    file: 'src/sources/readerSession.ts',
    find: '    this.#ledger.close();\n',
    replace: '    void this.#commit(true);\n    this.#ledger.close();\n',
  },
  {
    breaks: 'the finished prefix is committed, not the highest record finished',
    file: 'src/tile/commitWindow.ts',
    find: 'nextSlot < this.#top && (stateAt(nextSlot) & stateMask) !== inFlight; nextSlot++)',
    replace: 'nextSlot < this.#top; nextSlot++)',
  },
  {
    breaks: 'no record is released that the map tells finished',
    file: 'src/tile/commitWindow.ts',
    find: '      this.#states[index] = done;\n      this.#advance();\n      return false;',
    replace: '      this.#advance();',
  },
  {
    breaks: 'the map is read before a record is released',
    file: 'src/tile/deliveryLedger.ts',
    find: 'new PartitionLedger(partition, epoch, progress)',
    replace: 'new PartitionLedger(partition, epoch)',
  },
  {
    breaks: 'a partition that is kept goes on under its new epoch',
    file: 'src/tile/deliveryLedger.ts',
    find: '      held.epoch = epoch;\n',
    replace: '',
  },
  {
    breaks: 'bytes count against the credit',
    file: 'src/tile/deliveryLedger.ts',
    find: '    this.#bytes += record.bytes;\n',
    replace: '',
  },
  {
    breaks: 'credit in bytes comes back',
    file: 'src/tile/deliveryLedger.ts',
    find: '    this.#bytes -= delivery.facts.bytes;\n',
    replace: '',
  },
  {
    breaks: 'only the owner of an epoch commits',
    file: 'src/kafka/ownership.ts',
    find: 'return held?.current === true && held.epoch === epoch;',
    replace: 'return held !== undefined;',
  },
  {
    breaks: 'nobody commits while the group is formed anew',
    file: 'src/kafka/ownership.ts',
    find: '    for (const held of this.#held.values()) held.current = false;\n',
    replace: '',
  },
  {
    breaks: 'a partition that another member committed meanwhile is not kept',
    file: 'src/kafka/ownership.ts',
    find: 'held !== undefined && !anew && isOurs(held, progress)',
    replace: 'held !== undefined && !anew',
  },
  {
    breaks: 'the epoch is looked at when a commit is sent, not when it is asked for',
    file: 'src/kafka/commitLane.ts',
    find: 'commits.filter((commit) => ownership.counts(commit))',
    replace: '[...commits]',
  },
  {
    breaks: 'nothing that was fetched under an earlier assignment is handed over',
    file: 'src/kafka/readBuffer.ts',
    find: '    this.#queues.set(partition, { epoch,',
    replace: '    if (!this.#queues.has(partition)) this.#queues.set(partition, { epoch,',
  },
  {
    breaks: 'a record is acknowledged when all of its parts are',
    file: 'src/tile/sharedDelivery.ts',
    find: 'if (this.#unacked === 0) this.#whole.ack();',
    replace: 'if (this.#unacked >= 0) this.#whole.ack();',
  },
  {
    breaks: 'a batch settles each of its tiles',
    file: 'src/tile/batchDelivery.ts',
    find: '    for (const delivery of this.#deliveries) delivery.ack();',
    replace: '    this.#deliveries[0].ack();',
  },
  {
    breaks: 'an output that cannot be reached holds its tiles',
    file: 'src/sinks/writeDurably.ts',
    find: '    if (!retryable) throw failure;',
    replace: '    if (failure !== undefined) throw failure;',
  },
  {
    breaks: 'a draining source finishes what is in flight',
    file: 'src/sources/readerSession.ts',
    find: '    await this.#ledger.idle();\n',
    replace: '',
  },
  {
    breaks: 'a draining source delivers nothing new',
    file: 'src/sources/recordFeeder.ts',
    find: '      if (ending() || ledger.closed || !ledger.window.accepts(record.slot)) return at;',
    replace: '      if (ledger.closed || !ledger.window.accepts(record.slot)) return at;',
  },
  {
    breaks: 'a policy that halts leaves its record unfinished',
    file: 'src/sources/halt.ts',
    find: 'return Promise.reject(reason);',
    replace: "return Promise.resolve('settled');",
  },
  {
    breaks: 'what an earlier process may have worked on is told',
    file: 'src/tile/partitionLedger.ts',
    find: 'return slot < this.#repeatsBelow;',
    replace: 'return slot < 0;',
  },
  {
    breaks: 'work on a topic that was made anew does not count',
    file: 'src/kafka/ownership.ts',
    find: '  if (held?.log !== undefined && log !== undefined) return held.log !== log;\n',
    replace: '',
  },
  {
    breaks: 'a commit to another topic of the same name is none',
    file: 'src/kafka/partitionOffsets.ts',
    find: '  if (committedTo !== undefined && log !== undefined && committedTo !== log) return undefined;\n',
    replace: '',
  },
  {
    breaks: 'a commit names its topic',
    file: 'src/kafka/logStamp.ts',
    find: 'return log === undefined ? map',
    replace: 'return log !== undefined ? map',
  },
];
