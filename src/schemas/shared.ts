// The named schemas: components of the OpenAPI document that routes refer to.
import { Account, AccountDetail, AccountSummary, Session, Tokens } from './account.js'
import { AdminMediaItem, EncoderState, JobCount } from './admin-media.js'
import { AdminTitle, PublicationResult } from './admin-titles.js'
import { ApiToken, NewApiToken, ServiceAccount } from './api-tokens.js'
import { AuditEntry } from './audit.js'
import { Change, ChangeFeedUrl, Changes } from './changes.js'
import {
  AdminCollection,
  Collection,
  CollectionCard,
  CollectionChanges,
  CollectionInput,
  StoredCollection,
} from './collections.js'
import { Problem } from './common.js'
import { ContinueCard } from './continue-watching.js'
import { DeletionPreview } from './deletion-preview.js'
import { DeviceAuthorization, DeviceLogIn, OAuthTokens } from './device-log-in.js'
import { HistoryFile, ImportReport } from './history-transfer.js'
import { HistoryGroup, HistoryItem, Undo } from './history.js'
import { ContinueRow, HomeCard, TitleRow, WatchedTitle } from './home.js'
import { ImportPreview } from './import-mapping.js'
import { CatalogueImport, CollectionLine, MovieLine, ShowLine } from './import-line.js'
import { RememberedLanguages } from './languages.js'
import { EncodingJob, EncodingStep } from './encoding-jobs.js'
import { MarkerDetection } from './marker-detection.js'
import { AdminSubtitle, Chapter, MarkerOrigin, MarkerOrigins, Markers, MediaFile } from './media-files.js'
import { Person, PersonDetail } from './people.js'
import { Plan, PlanPreview } from './plans.js'
import { Playback } from './playback.js'
import { Preview } from './previews.js'
import { Profile } from './profiles.js'
import { Progress } from './progress.js'
import { Highlight, SearchHit, SearchResults, Suggestion } from './search.js'
import {
  AccountsOfPlan,
  AccountStream,
  ErrorsOfHour,
  PlaysOfDay,
  PlaysOfTitle,
  SignUpsOfDay,
  StorageOfKind,
} from './statistics.js'
import { Facets } from './title-filters.js'
import {
  EpisodeChanges,
  EpisodeInput,
  EpisodeOrder,
  MarkerOriginInput,
  MovieChanges,
  MovieInput,
  SeasonChanges,
  SeasonInput,
  ShowChanges,
  ShowInput,
} from './title-input.js'
import { Card, Episode, Item, Movie, RatedTitle, Season, Show } from './titles.js'
import { Upload } from './uploads.js'
import { Webhook, WebhookChanges, WebhookDelivery, WebhookInput, WebhookWithSecret } from './webhooks.js'

export const sharedSchemas = [
  Preview,
  AdminSubtitle,
  AccountsOfPlan,
  SignUpsOfDay,
  StorageOfKind,
  ErrorsOfHour,
  AccountStream,
  AdminMediaItem,
  AdminTitle,
  AdminCollection,
  PublicationResult,
  EncoderState,
  EncodingStep,
  EncodingJob,
  MarkerDetection,
  JobCount,
  PlaysOfDay,
  PlaysOfTitle,
  Problem,
  Profile,
  Account,
  Tokens,
  DeviceAuthorization,
  OAuthTokens,
  DeviceLogIn,
  Session,
  Plan,
  PlanPreview,
  AccountSummary,
  AccountDetail,
  AuditEntry,
  ApiToken,
  NewApiToken,
  ServiceAccount,
  MediaFile,
  MarkerOrigin,
  MarkerOrigins,
  Markers,
  Chapter,
  Card,
  Movie,
  Show,
  Episode,
  Season,
  EpisodeInput,
  MarkerOriginInput,
  SeasonInput,
  MovieInput,
  MovieChanges,
  ShowInput,
  ShowChanges,
  SeasonChanges,
  EpisodeChanges,
  EpisodeOrder,
  DeletionPreview,
  Item,
  Progress,
  ContinueCard,
  Playback,
  HistoryItem,
  HistoryGroup,
  Undo,
  RatedTitle,
  RememberedLanguages,
  HistoryFile,
  ImportReport,
  Upload,
  Facets,
  Change,
  Changes,
  ChangeFeedUrl,
  CollectionInput,
  CollectionChanges,
  CollectionCard,
  Collection,
  StoredCollection,
  Person,
  PersonDetail,
  MovieLine,
  ShowLine,
  CollectionLine,
  CatalogueImport,
  ImportPreview,
  Highlight,
  SearchHit,
  SearchResults,
  Suggestion,
  HomeCard,
  ContinueRow,
  TitleRow,
  WatchedTitle,
  Webhook,
  WebhookInput,
  WebhookChanges,
  WebhookWithSecret,
  WebhookDelivery,
] as const
