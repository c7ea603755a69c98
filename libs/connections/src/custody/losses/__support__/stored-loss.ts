/** A row of `powens_loss`, as it is stored. */
export interface StoredLoss {
  id: string;
  subject: string;
  subject_id: string;
  user_id: string;
  status: string;
  weight: number;
  evidence: string;
  token_digest: string | null;
  first_seen_at: Date;
  last_seen_at: Date;
  held_at: Date | null;
  approved_at: Date | null;
  granted_at: Date | null;
  ended_at: Date | null;
}
