/** Scheduled work: a list of jobs, each of which does what is due and can be run again at any time. */

import type { Job, ServerContext } from './context.js'

export interface JobReport {
  name: string
  /** How much was done: devices forgotten, verdicts trimmed. */
  done: number
  /** Why it failed; the other jobs ran all the same. */
  error?: string
}

/** One after another, so that they do not get in each other's way. */
export async function runJobs(jobs: Job[], context: ServerContext): Promise<JobReport[]> {
  const reports: JobReport[] = []
  for (const job of jobs) {
    try {
      reports.push({ name: job.name, done: await job.run(context) })
    } catch (error) {
      context.report(error)
      reports.push({ name: job.name, done: 0, error: error instanceof Error ? error.message : String(error) })
    }
  }
  return reports
}
