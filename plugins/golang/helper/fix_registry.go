package main

// fixers maps an error code of go/types to what proposes repairs for it.
var fixers = map[string][]fixer{
	"UndeclaredName":           {fixUndeclaredName},
	"UndeclaredImportedName":   {fixImportedMember},
	"UnexportedName":           {fixImportedMember},
	"MissingFieldOrMethod":     {fixMissingMember},
	"AmbiguousSelector":        {fixPointerMethod},
	"InvalidMethodExpr":        {fixPointerMethod},
	"UnusedVar":                {fixUnusedVar},
	"UnusedImport":             {fixUnusedImport},
	"BrokenImport":             {fixBrokenImport},
	"UnusedLabel":              {fixUnusedLabel},
	"NoNewVar":                 {fixNoNewVar},
	"BadDecl":                  {fixNoNewVar},
	"InvalidDeclCycle":         {fixCycle},
	"InvalidTypeCycle":         {fixCycle},
	"UnusedExpr":               {fixUnusedExpr},
	"UnusedResults":            {fixUnusedExpr},
	"IncompatibleAssign":       {fixIncompatible},
	"InvalidIfaceAssign":       {fixIncompatible},
	"InvalidConversion":        {fixConversion},
	"InvalidUntypedConversion": {fixNilMismatch, fixMismatched, fixIndex},
	"InvalidConstVal":          {fixConstant, fixIncompatible},
	"TruncatedFloat":           {fixConstant, fixIncompatible, fixMismatched},
	"NumericOverflow":          {fixConstant, fixIncompatible},
	"InvalidChanAssign":        {fixIncompatible},
	"MismatchedTypes":          {fixNilMismatch, fixMismatched},
	"ImpossibleAssert":         {fixImpossibleAssert},
	"InvalidAssert":            {fixInvalidAssert},
	"InvalidTypeSwitch":        {fixInvalidAssert},
	"WrongArgCount":            {fixArgCount},
	"WrongResultCount":         {fixResultCount},
	"WrongAssignCount":         {fixAssignCount},
	"TooManyValues":            {fixTooManyValues},
	"MissingReturn":            {fixMissingReturn},
	"DuplicateDecl":            {fixDuplicateDecl},
	"RepeatedDecl":             {fixDuplicateDecl},
	"DuplicateField":           {fixDuplicateDecl},
	"DuplicateMethod":          {fixDuplicateMethod},
	"DuplicateFieldAndMethod":  {fixDuplicateMethod},
	"DuplicateCase":            {fixDuplicateCase},
	"DuplicateDefault":         {fixDuplicateCase},
	"DuplicateLitField":        {fixDuplicateLit},
	"DuplicateLitKey":          {fixDuplicateLit},
	"UntypedNilUse":            {fixNil},
	"InvalidIndirection":       {fixIndirection},
	"UnaddressableOperand":     {fixAddress},
	"UnaddressableFieldAssign": {fixMapField},
	"UnassignableOperand":      {fixUnassignable},
	"InvalidCall":              {fixInvalidCall},
	"InvalidCond":              {fixCondition},
	"UndefinedOp":              {fixUndefinedOp},
	"NonNumericIncDec":         {fixUndefinedOp},
	"InvalidShiftOperand":      {fixMismatched},
	"InvalidShiftCount":        {fixMismatched},
	"NonIndexableOperand":      {fixNonIndexable},
	"NonSliceableOperand":      {fixNonIndexable},
	"InvalidIndex":             {fixIndex},
	"InvalidSliceExpr":         {fixSwappedBounds, fixNonIndexable},
	"SwappedSliceIndices":      {fixSwappedBounds},
	"SwappedMakeArgs":          {fixSwappedBounds},
	"InvalidRangeExpr":         {fixRange},
	"InvalidIterVar":           {fixRange},
	"MisplacedBreak":           {fixBranch},
	"MisplacedContinue":        {fixBranch},
	"MisplacedLabel":           {fixBranch},
	"UndeclaredLabel":          {fixBranch},
	"CannotInferTypeArgs":      {fixGeneric},
	"InvalidTypeArg":           {fixGeneric},
	"WrongTypeArgCount":        {fixGeneric, fixImportedMember},
	"NotAGenericType":          {fixGeneric},
	"NotAType":                 {fixNotType},
	"NotAnExpr":                {fixNotExpr},
	"InvalidBlank":             {fixBlank},
	"InvalidPkgUse":            {fixNotExpr},
	"UncalledBuiltin":          {fixNotExpr},
	"MissingLitField":          {fixLitField},
	"InvalidLitField":          {fixLitField},
	"MixedStructLit":           {fixMixedLit},
	"InvalidStructLit":         {fixStructLit},
	"InvalidLit":               {fixLit},
	"UntypedLit":               {fixLit},
	"MissingLitKey":            {fixLit},
	"InvalidAppend":            {fixBuiltinOperand},
	"InvalidLen":               {fixBuiltinOperand},
	"InvalidCap":               {fixBuiltinOperand},
	"InvalidCopy":              {fixBuiltinOperand},
	"InvalidDelete":            {fixBuiltinOperand},
	"InvalidMake":              {fixBuiltinOperand},
	"InvalidClose":             {fixChannel, fixBuiltinOperand},
	"InvalidClear":             {fixBuiltinOperand},
	"InvalidReceive":           {fixChannel},
	"InvalidSend":              {fixChannel},
	"NonVariadicDotDotDot":     {fixSpreadDots},
	"InvalidDotDotDot":         {fixSpreadDots},
	"BadDotDotDotSyntax":       {fixSpreadDots},
	"DivByZero":                {fixDivision},
	"InvalidRecv":              {fixReceiver},
	"BadRecv":                  {fixReceiver},
	"InvalidDefer":             {fixUnusedExpr},
	"InvalidGo":                {fixUnusedExpr},
}

// fixersFor returns what may repair a finding; an import cycle is for people.
func fixersFor(d Diag) []fixer { return fixers[d.Code] }

// fixConversion repairs T(x) where x cannot be converted to T.
func fixConversion(c *fixContext) {
	call, path := c.call()
	if call == nil || len(call.Args) != 1 {
		return
	}
	from, to := c.typeOf(call.Args[0]), c.typeOf(call.Fun)
	for _, conv := range c.conversions(call.Args[0], from, to) {
		c.addWithImports(conv.weight, conv.op, conv.rule, conv.imports, c.replace(call, conv.text))
	}
	if from != nil && to != nil {
		c.otherNames(call.Args[0], from, to)
		c.parseString(call, path, from, to)
		c.parseArgument(call, path, from, to)
	}
}
