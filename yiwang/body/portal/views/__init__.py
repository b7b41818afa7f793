"""The residents' pages: general pages, reporting, tracking, finding a lost receipt."""
