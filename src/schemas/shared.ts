// The named schemas: components of the OpenAPI document, referred to by routes.
import {
  AccountDetail,
  AccountSummary,
  AccountView,
  PlanPreview,
  PlanView,
  Profile,
  SessionView,
  Tokens,
} from './account.js'
import {
  Card,
  EpisodeDetail,
  MediaFile,
  MovieDetail,
  DeletionPreviewView,
  SeasonDetail,
  ShowDetail,
  WireMarkers,
} from './catalogue.js'
import {
  EpisodeChanges,
  EpisodeInput,
  EpisodeOrder,
  MovieChanges,
  MovieInput,
  SeasonChanges,
  SeasonInput,
  ShowChanges,
  ShowInput,
} from './title-input.js'
import { AuditView } from './audit.js'
import { changeSchemas } from './changes.js'
import {
  CollectionCard,
  CollectionChanges,
  CollectionDetail,
  CollectionInput,
  PersonDetail,
  PersonView,
  StoredCollectionView,
} from './collections.js'
import { Problem } from './common.js'
import { Facets } from './facets.js'
import { homeSchemas } from './home.js'
import { HistoryFile, ImportReport } from './history-transfer.js'
import { CatalogueImport, CollectionLine, MovieLine, ShowLine } from './import-line.js'
import { Highlight, SearchHit, Suggestion } from './search.js'
import { RatedTitleView, RememberedLanguages } from './ratings.js'
import { UploadView } from './uploads.js'
import { ContinueView, HistoryGroup, HistoryItem, ItemView, Playback, Progress, Undo } from './watching.js'

export const sharedSchemas = [
  Problem,
  Profile,
  AccountView,
  Tokens,
  SessionView,
  PlanView,
  PlanPreview,
  AccountSummary,
  AccountDetail,
  AuditView,
  MediaFile,
  WireMarkers,
  Card,
  MovieDetail,
  ShowDetail,
  EpisodeDetail,
  SeasonDetail,
  EpisodeInput,
  SeasonInput,
  MovieInput,
  MovieChanges,
  ShowInput,
  ShowChanges,
  SeasonChanges,
  EpisodeChanges,
  EpisodeOrder,
  DeletionPreviewView,
  ItemView,
  Progress,
  ContinueView,
  Playback,
  HistoryItem,
  HistoryGroup,
  Undo,
  RatedTitleView,
  RememberedLanguages,
  HistoryFile,
  ImportReport,
  UploadView,
  Facets,
  ...changeSchemas,
  CollectionInput,
  CollectionChanges,
  CollectionCard,
  CollectionDetail,
  StoredCollectionView,
  PersonView,
  PersonDetail,
  MovieLine,
  ShowLine,
  CollectionLine,
  CatalogueImport,
  Highlight,
  SearchHit,
  Suggestion,
  ...homeSchemas,
] as const
