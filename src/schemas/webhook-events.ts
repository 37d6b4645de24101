// The events of webhooks, for the `webhooks` of the OpenAPI document.
import { Type, type TObject } from 'typebox'
import { STREAM_REFUSAL_REASONS, WEBHOOK_TEST_TYPE, type SentWebhookType } from '../domain/webhook-events.js'
import { ROLES } from '../domain/vocabulary.js'
import { describe, Id, nullable, Timestamp } from './common.js'

interface EventDescription {
  /** Name of the component. */
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly data: TObject
  readonly example: object
}

const ACCOUNT_ID = '665f1c2e9b1e8a0012ab34cd'
const PROFILE_ID = '665f1c2e9b1e8a0012ab34ce'
const ALIEN = 'bac737b639b4040ec2f508cc'
const MEDIA_FILE_ID = '665f1c2e9b1e8a0012ab34d0'
const TIME = '2026-03-01T20:15:30.000Z'

const PlanId = Type.String({ description: 'ID of a plan', examples: ['premium'] })
const account = { accountId: describe(Id, 'ID of the account') }
const media = {
  titleId: describe(Id, 'ID of the movie or show'),
  itemId: describe(Id, 'ID of the movie or episode'),
  mediaFileId: describe(Id, 'ID of the media file'),
}
const viewing = {
  ...account,
  profileId: describe(Id, 'ID of the profile'),
  titleId: media.titleId,
  itemId: media.itemId,
}
const mediaExample = { titleId: ALIEN, itemId: ALIEN, mediaFileId: MEDIA_FILE_ID }
const viewingExample = { accountId: ACCOUNT_ID, profileId: PROFILE_ID, titleId: ALIEN, itemId: ALIEN }

export const WEBHOOK_EVENTS: Readonly<Record<SentWebhookType, EventDescription>> = {
  'account.created': {
    name: 'AccountCreatedEvent',
    summary: 'An account was created',
    description: 'By sign-up or on the command line. The email is not part of it: read the account with its ID.',
    data: Type.Object({
      ...account,
      plan: PlanId,
      role: Type.Enum([...ROLES], { title: 'Role', description: 'Role of the account' }),
    }),
    example: { accountId: ACCOUNT_ID, plan: 'premium', role: 'member' },
  },
  'plan.changed': {
    name: 'PlanChangedEvent',
    summary: 'An account has another plan',
    description: 'By its owner or by the staff.',
    data: Type.Object({ ...account, plan: PlanId, previousPlan: describe(PlanId, 'ID of the plan before') }),
    example: { accountId: ACCOUNT_ID, plan: 'premium', previousPlan: 'basic' },
  },
  'title.published': {
    name: 'TitlePublishedEvent',
    summary: 'A movie or show was published',
    description:
      'A published title was created or imported, or an existing one was published. Members see it within its ' +
      'availability dates, and with a media file.',
    data: Type.Object({
      titleId: media.titleId,
      kind: Type.Enum(['movie', 'show'], { title: 'TitleKind', description: 'Kind of the title' }),
      title: Type.String({ description: 'Title in the language of the catalogue' }),
      year: nullable(Type.Integer(), 'Year of release; null: unknown'),
      availableFrom: nullable(Timestamp, 'Start of availability; null: no limit'),
      availableUntil: nullable(Timestamp, 'End of availability; null: no limit'),
    }),
    example: {
      titleId: ALIEN,
      kind: 'movie',
      title: 'Alien',
      year: 1979,
      availableFrom: null,
      availableUntil: null,
    },
  },
  'media.ready': {
    name: 'MediaReadyEvent',
    summary: 'A media file is packaged for streaming',
    description: 'Also after it was packaged again.',
    data: Type.Object(media),
    example: mediaExample,
  },
  'media.failed': {
    name: 'MediaFailedEvent',
    summary: 'A media file cannot be packaged',
    description: '`code` states the reason as the media file does.',
    data: Type.Object({
      ...media,
      code: Type.String({ description: 'Stable code of the reason', examples: ['damaged'] }),
      text: Type.String({ description: 'The reason, for people' }),
    }),
    example: { ...mediaExample, code: 'damaged', text: 'The file is damaged.' },
  },
  'play.finished': {
    name: 'PlayFinishedEvent',
    summary: 'A profile played a movie or episode to its end',
    description:
      'Up to the credits. One event per play, when the play is saved: at the latest when its stream ends. Private ' +
      'streams, marks and imported histories cause none.',
    data: Type.Object({
      ...viewing,
      playId: Type.String({
        description:
          'ID of the play of this item in its profile: the `streamId`, or the `playId` of progress without a ' +
          'stream',
      }),
      finishedAt: describe(Timestamp, 'When the end was reached'),
    }),
    example: { ...viewingExample, playId: '665f1c2e9b1e8a0012ab34d1', finishedAt: TIME },
  },
  'stream.refused': {
    name: 'StreamRefusedEvent',
    summary: 'A stream was not started',
    description:
      '`reason` is the problem code of the response. At most one event a minute per profile, item and reason.',
    data: Type.Object({
      ...viewing,
      reason: Type.Enum([...STREAM_REFUSAL_REASONS], {
        title: 'StreamRefusalReason',
        description: 'Why the stream was not started',
      }),
    }),
    example: { ...viewingExample, reason: 'plan-stream-limit' },
  },
  [WEBHOOK_TEST_TYPE]: {
    name: 'WebhookTestEvent',
    summary: 'A test',
    description: 'By request of an administrator. Endpoints cannot subscribe to it.',
    data: Type.Object({}),
    example: {},
  },
}

export const WEBHOOK_EVENT_TIME = TIME
