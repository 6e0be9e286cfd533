import type { Mode } from '../../contract/request.ts';
import type { RunMode } from './mode.ts';
import { preview } from './preview.ts';
import { rebase } from './rebase.ts';
import { resync } from './resync.ts';
import { sync } from './sync.ts';
import { undo } from './undo.ts';

export const MODES: Record<Mode, RunMode> = { sync, resync, preview, rebase, undo };
