// Problems of requests that are valid but do not fit the state of the resource: 409, 412 and 422 (410 for an undo).
export interface ProblemDescription {
  readonly statuses: readonly number[]
  /** As in the problem document. */
  readonly title: string
  /** What the client can do, as in the table of docs/concepts/problems.md. */
  readonly advice: string
}

export const CONFLICT_PROBLEMS = {
  'already-exists': {
    statuses: [409],
    title: 'Already exists',
    advice: 'a resource with the same unique value exists',
  },
  'client-unsupported': {
    statuses: [409],
    title: 'No file for this device',
    advice: 'no file fits the limits and codecs in `client`',
  },
  'duplicate-id': {
    statuses: [409],
    title: 'ID taken',
    advice: 'use each episode ID once',
  },
  'duplicate-number': {
    statuses: [409],
    title: 'Number taken',
    advice: 'use each season number once, and each episode number once in its season',
  },
  'edit-conflict': {
    statuses: [409],
    title: 'Edit conflict',
    advice: 'read the resource again and repeat the change',
  },
  'email-already-verified': {
    statuses: [409],
    title: 'Email verified',
    advice: 'nothing to do: the owner has opened the link',
  },
  'email-taken': {
    statuses: [409],
    title: 'Email address taken',
    advice: 'log in, or use another email address',
  },
  'last-admin': {
    statuses: [409],
    title: 'Last administrator',
    advice: 'give another account the administrator role first',
  },
  'last-profile': {
    statuses: [409],
    title: 'Last profile',
    advice: 'keep at least one usable profile',
  },
  'locked-profiles': {
    statuses: [409],
    title: 'Too many locked profiles',
    advice: 'list a locked profile in `keepProfileIds` to unlock it, or delete one',
  },
  'not-aired': {
    statuses: [409],
    title: 'Not aired yet',
    advice: 'wait until `airDate`',
  },
  'not-on-wishlist': {
    statuses: [409],
    title: 'Not on the wishlist',
    advice: 'omit the `titleIds` of the response, or add them to the wishlist first',
  },
  'not-watching-again': {
    statuses: [409],
    title: 'Not the current run',
    advice: 'send the number of the current rewatch, `pass`; the first run cannot be cancelled',
  },
  'other-episodes': {
    statuses: [409],
    title: 'Different episodes',
    advice: 'name every episode of the season once; see `missing` and `unknown`',
  },
  'own-account': {
    statuses: [409],
    title: 'Own account',
    advice: 'another administrator must do this',
  },
  'plan-needs-choice': {
    statuses: [409],
    title: 'Choose profiles',
    advice: 'list the profiles to keep in `keepProfileIds`',
  },
  'plan-profile-limit': {
    statuses: [409],
    title: 'No more profiles on this plan',
    advice: 'delete a profile, or change to a larger plan',
  },
  'plan-resolution': {
    statuses: [409],
    title: 'Not in this plan',
    advice: 'every file exceeds the resolution of the plan; `plan` is the smallest plan that includes it',
  },
  'plan-stream-limit': {
    statuses: [409],
    title: 'Too many streams',
    advice: 'stop one of `streams`, or replace it with `takeOver`; `otherStreams` counts those of other profiles',
  },
  'profile-locked': {
    statuses: [409],
    title: 'Profile locked',
    advice: 'change to a larger plan to unlock the profile',
  },
  'profile-name-taken': {
    statuses: [409],
    title: 'Name taken',
    advice: 'choose another name',
  },
  'request-in-progress': {
    statuses: [409],
    title: 'Request in progress',
    advice: 'repeat the request after the time in `Retry-After`',
  },
  'service-account-exists': {
    statuses: [409],
    title: 'Name taken',
    advice: 'choose another name for the service account',
  },
  'service-account-limit': {
    statuses: [409],
    title: 'Too many service accounts',
    advice: 'delete a service account first; `maxServiceAccounts` is the limit',
  },
  'show-too-large': {
    statuses: [409],
    title: 'The show is too large',
    advice: 'reduce the show; `maxEpisodes` and `maxBytes` are the limits',
  },
  'stream-ended': {
    statuses: [409],
    title: 'The stream has ended',
    advice: 'see `reason`: `ended` (expired or taken over), `plan`, `maturity`, `unavailable`; the position is saved',
  },
  'unknown-episode': {
    statuses: [409],
    title: 'Unknown episode',
    advice: 'send an episode ID of the show, or omit it to create an episode',
  },
  'unknown-profile': {
    statuses: [409],
    title: 'Unknown profile',
    advice: 'list profiles of the account in `keepProfileIds`',
  },
  'unknown-titles': {
    statuses: [409],
    title: 'Unknown titles',
    advice: 'omit the `titleIds` of the response',
  },
  'webhook-disabled': {
    statuses: [409],
    title: 'Webhook disabled',
    advice: 'enable the webhook first',
  },
  'webhook-limit': {
    statuses: [409],
    title: 'Too many webhooks',
    advice: 'delete a webhook first; `maxWebhooks` is the limit',
  },
  'wishlist-full': {
    statuses: [409],
    title: 'The wishlist is full',
    advice: 'remove a title first; `maxTitles` is the limit',
  },
  'token-limit': {
    statuses: [409],
    title: 'Too many tokens',
    advice: 'revoke a token of the owner first; `maxTokens` is the limit',
  },
  'undo-expired': {
    statuses: [410],
    title: 'Too late to undo',
    advice: 'an action can be undone for 30 days',
  },
  'precondition-failed': {
    statuses: [412],
    title: 'Edit conflict',
    advice: 'read the resource again: it is no longer the version in `If-Match`',
  },
  'idempotency-key-reused': {
    statuses: [422],
    title: 'Idempotency key reused',
    advice: 'use a new key for each action',
  },
  'import-malformed': {
    statuses: [422],
    title: 'The file cannot be imported',
    advice: 'correct the file at `line`; nothing was imported',
  },
  'import-several-profiles': {
    statuses: [422],
    title: 'The file has several profiles',
    advice: 'send one of `profileNames` as `netflixProfile`',
  },
  'import-too-long': {
    statuses: [422],
    title: 'The file cannot be imported',
    advice: 'split the file',
  },
} as const satisfies Readonly<Record<string, ProblemDescription>>
