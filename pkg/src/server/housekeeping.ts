/** Scheduled work: a list of jobs, each of which does what is due and can be run again at any time. */

import type { Job, ServerContext } from './context.js'
import { embargoes, expiries } from './due.js'
import { inspection } from './unreadable.js'

export interface JobReport {
  name: string
  /** How much was done: requests expired, devices forgotten, verdicts trimmed. */
  done: number
  /** Each thing that was done, for jobs that can say; of many, the first. */
  what?: string[]
  /** Why it failed, or what of it did; the other jobs ran all the same. */
  error?: string
}

/** Of what was done, as much as anybody reads. */
const TOLD = 100

/** What every server does. */
export function ownJobs(): Job[] {
  return [expiries(), embargoes(), inspection()]
}

/** One after another, so that they do not get in each other's way. */
export async function runJobs(jobs: Job[], context: ServerContext): Promise<JobReport[]> {
  const reports: JobReport[] = []
  for (const job of jobs) {
    try {
      const report = { name: job.name, ...told(await job.run(context)) }
      if (report.error !== undefined) context.report(new Error(`${job.name}: ${report.error}`))
      reports.push(report)
    } catch (error) {
      context.report(error)
      reports.push({ name: job.name, done: 0, error: error instanceof Error ? error.message : String(error) })
    }
  }
  return reports
}

function told(work: Awaited<ReturnType<Job['run']>>): Omit<JobReport, 'name'> {
  if (typeof work === 'number') return { done: work }
  const { done, what, failed } = work
  return {
    done,
    ...(what.length > 0 && { what: what.slice(0, TOLD) }),
    ...(failed.length > 0 && { error: failed.slice(0, TOLD).join('; ') }),
  }
}
