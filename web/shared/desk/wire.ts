/** What the center tells everybody of the staff. Mirrors domain/wire/staff.py (a test compares the names). */

export interface Me {
  name: string;
  roles: string[];
  rights: string[];
  csrf: string;
  center_ms: number;
}

export interface ProjectEntry {
  project: string;
  title: string;
  practice: boolean;
  candidates: number;
}
