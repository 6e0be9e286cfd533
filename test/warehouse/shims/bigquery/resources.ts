import type { Described } from './engine.ts';
import type { Job } from './jobs.ts';
import type { Settings } from './settings.ts';

/** The Job resource: https://cloud.google.com/bigquery/docs/reference/rest/v2/Job */
export function jobResource(job: Job, { project, location, bytesProcessed }: Settings) {
  const { finished, error, state } = job;
  const processed = String(bytesProcessed);
  return {
    kind: 'bigquery#job',
    etag: `${job.id}-${state}`,
    id: `${project}:${location}.${job.id}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/jobs/${job.id}?location=${location}`,
    user_email: `reader@${project}.iam.gserviceaccount.com`,
    configuration: {
      ...job.configuration,
      query: { ...job.configuration.query, destinationTable: job.destination },
      jobType: 'QUERY',
    },
    jobReference: { projectId: project, jobId: job.id, location },
    statistics: {
      creationTime: String(job.created),
      ...(job.started !== undefined && { startTime: String(job.started) }),
      ...(job.ended !== undefined && { endTime: String(job.ended) }),
      ...(finished && {
        totalBytesProcessed: processed,
        query: {
          totalBytesProcessed: processed,
          totalBytesBilled: processed,
          cacheHit: false,
          statementType: finished.statementType,
          ...(finished.affected !== undefined && { numDmlAffectedRows: String(finished.affected) }),
        },
      }),
    },
    status: { state, ...(error && { errorResult: error.proto, errors: [error.proto] }) },
  };
}

/** A dry run is a job without an ID that is done at once; it has the schema, which jobs that run do not have. */
export function dryRunResource(job: Job, described: Described, settings: Settings) {
  const { project, location, bytesProcessed } = settings;
  const processed = String(bytesProcessed);
  return {
    kind: 'bigquery#job',
    configuration: { ...job.configuration, jobType: 'QUERY' },
    jobReference: { projectId: project, location },
    statistics: {
      creationTime: String(job.created),
      totalBytesProcessed: processed,
      query: {
        totalBytesProcessed: processed,
        totalBytesBilled: '0',
        totalBytesProcessedAccuracy: 'PRECISE',
        cacheHit: false,
        statementType: described.statementType,
        ...(described.fields && { schema: { fields: described.fields } }),
      },
    },
    status: { state: 'DONE' },
  };
}
